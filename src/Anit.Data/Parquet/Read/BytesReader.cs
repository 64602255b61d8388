using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Anit.Data.Parquet.Encodings;
using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Read;

/// <summary>BYTE_ARRAY values.</summary>
/// <param name="options">The longest cell, and whether buffers are reused.</param>
/// <param name="make">Makes the column of the logical type.</param>
sealed class BytesReader(ReadOptions options, BytesColumnMaker make) : ValueReader(options.Limits)
{
    const int Chunk = 256; // lengths are read twice, the second time from the cache
    const int Short16 = 16;

    readonly ByteBuffer ends = new();
    readonly ByteBuffer data = new(reuse: options.ReuseMemory, memory: options.Memory);
    readonly PrefixedBytes prefixed = new();
    int[] dictionaryOffsets = [0];
    byte[] dictionary = [];
    int longestEntry;
    int[] lengths = [];

    public override long ByteCount => data.Length + ends.Length;

    public override int Within(int count, long budget) => Encoding switch
    {
        PageEncoding.RleDictionary => (int)Math.Min(count, Math.Max(1, budget / Math.Max(1, longestEntry))),
        PageEncoding.DeltaByteArray => Math.Min(count, Math.Max(1, prefixed.Within(count, budget))),
        _ => count, // no more than the page's bytes
    };

    protected override void ReadDictionary(ReadOnlySpan<byte> page, int count)
    {
        if (page.Length < count * 4L) throw new DataFormatException($"a dictionary of {count:N0} values in {page.Length:N0} bytes");
        dictionaryOffsets = new int[count + 1];
        dictionary = GC.AllocateUninitializedArray<byte>(page.Length - count * 4 + Short16);
        longestEntry = 0;
        var (at, to) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var length = LengthAt(page, at);
            if (length > page.Length - count * 4 - to)
                throw new DataFormatException(
                    $"entry {i} of a dictionary has {length:N0} bytes, which leaves no room for the {count - i - 1:N0} after it");
            page.Slice(at + 4, length).CopyTo(dictionary.AsSpan(to));
            dictionaryOffsets[i + 1] = to += length;
            longestEntry = Math.Max(longestEntry, length);
            at += 4 + length;
        }
    }

    protected override void Begin(int most)
    {
        switch (Encoding)
        {
            case PageEncoding.Plain: break;
            case PageEncoding.DeltaLengthByteArray:
                Deltas.Begin(Data, At, End, most);
                var start = Deltas.FindEnd();
                Deltas.Begin(Data, At, End, most);
                At = start;
                break;
            case PageEncoding.DeltaByteArray: prefixed.Begin(Data, At, End, most); break;
            default: throw Unknown();
        }
    }

    public override void Read(int count)
    {
        switch (Encoding)
        {
            case PageEncoding.Plain:
                for (var left = count; left > 0;) left -= ReadPlain(Math.Min(Chunk, left));
                break;
            case PageEncoding.RleDictionary:
                for (var left = count; left > 0; left -= Chunk) ReadDictionaryCoded(Math.Min(Chunk, left));
                break;
            case PageEncoding.DeltaLengthByteArray: ReadDeltaLength(count); break;
            default: ReadPrefixed(count); break;
        }
        Count += count;
    }

    /// <summary>The next values, as many as there is room for; returns how many.</summary>
    /// <remarks>Lengths and bytes in one go: what is read from front to end the processor fetches ahead, which it cannot where lengths alone lead
    /// from one place to the next. Large pages are no longer in its cache.</remarks>
    int ReadPlain(int most)
    {
        var offsets = MemoryMarshal.Cast<byte, int>(ends.Reserve(most * sizeof(int)))[..most];
        var target = data.Reserve(Short16);
        var (at, begun, written, room) = (At, data.Length, 0, target.Length - Short16);
        var longest = (int)Math.Min(Limits.CellBytes, int.MaxValue);
        var (count, safe) = (0, Data.Length - Short16);
        ref var source = ref MemoryMarshal.GetArrayDataReference(Data);
        ref var to = ref MemoryMarshal.GetReference(target);
        for (; count < offsets.Length && End - at >= 4; count++)
        {
            var length = Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref source, at));
            if ((uint)length > (uint)(End - at - 4) || length > longest || length > room - written) break;
            at += 4;
            if (length <= Short16 && at <= safe)
                Vector128.LoadUnsafe(ref Unsafe.Add(ref source, at)).StoreUnsafe(ref Unsafe.Add(ref to, written));
            else
                Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref to, written), ref Unsafe.Add(ref source, at), (uint)length);
            at += length;
            offsets[count] = begun + (written += length);
        }
        if (count == 0) MakeRoom();
        CheckTotal(written);
        At = at;
        data.Advance(written);
        ends.Advance(count * sizeof(int));
        return count;
    }

    /// <summary>Room for the next value, which must be there and no longer than allowed.</summary>
    void MakeRoom()
    {
        var length = LengthAt(Data.AsSpan(0, End), At);
        CheckTotal(length);
        data.Reserve(length + Short16);
    }

    void ReadDictionaryCoded(int count)
    {
        var indices = ReadIndices(count);
        long total = 0;
        foreach (var index in indices) total += dictionaryOffsets[index + 1] - dictionaryOffsets[index];
        CheckTotal(total);
        Expand(total);

        var target = data.Reserve((int)total + Short16);
        var offsets = MemoryMarshal.Cast<byte, int>(ends.Reserve(count * sizeof(int)));
        var written = data.Length;
        ref var source = ref MemoryMarshal.GetArrayDataReference(dictionary);
        ref var to = ref MemoryMarshal.GetReference(target);
        for (var i = 0; i < count; i++)
        {
            var start = dictionaryOffsets[indices[i]];
            var length = dictionaryOffsets[indices[i] + 1] - start;
            if (length <= Short16) Vector128.LoadUnsafe(ref Unsafe.Add(ref source, start)).StoreUnsafe(ref to);
            else Unsafe.CopyBlockUnaligned(ref to, ref Unsafe.Add(ref source, start), (uint)length);
            to = ref Unsafe.Add(ref to, length);
            offsets[i] = written += length;
        }
        data.Advance((int)total);
        ends.Advance(count * sizeof(int));
    }

    void ReadDeltaLength(int count)
    {
        if (lengths.Length < count) lengths = new int[count];
        Deltas.Read(lengths.AsSpan(0, count));
        long total = 0;
        foreach (var length in lengths.AsSpan(0, count))
        {
            if (length < 0) throw new DataFormatException($"a value of {length} bytes");
            CheckCell(length);
            total += length;
        }
        if (total > End - At) throw Short(total);
        CheckTotal(total);
        var offsets = MemoryMarshal.Cast<byte, int>(ends.Reserve(count * sizeof(int)));
        var written = data.Length;
        for (var i = 0; i < count; i++) offsets[i] = written += lengths[i];
        data.Append(Data.AsSpan(At, (int)total));
        ends.Advance(count * sizeof(int));
        At += (int)total;
    }

    void ReadPrefixed(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var value = prefixed.Next();
            CheckCell(value.Length);
            CheckTotal(value.Length);
            Expand(value.Length);
            data.Append(value);
            ends.AppendValue(data.Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int LengthAt(ReadOnlySpan<byte> page, int at)
    {
        if (page.Length - at < 4) throw new DataFormatException("the values end early: inside a length");
        var length = BinaryPrimitives.ReadInt32LittleEndian(page[at..]);
        if ((uint)length > (uint)(page.Length - at - 4))
            throw new DataFormatException($"a value of {length:N0} bytes where {page.Length - at - 4:N0} are left");
        if (length > Limits.CellBytes) CheckCell(length);
        return length;
    }

    void CheckCell(long length)
    {
        if (length > Limits.CellBytes) throw ReadLimits.Exceeded("the length of a cell", length, nameof(Limits.CellBytes), Limits.CellBytes);
    }

    void CheckTotal(long more)
    {
        var most = Math.Max(Limits.BatchBytes, Limits.PageBytes);
        if (data.Length + more > most)
            throw ReadLimits.Exceeded("the size of a column's part of a batch", data.Length + more, nameof(Limits.BatchBytes), most);
    }

    public override void GiveBack() => data.GiveBack();

    protected override Column Build(int slots, ReadOnlyMemory<byte> validity, int nulls)
    {
        var offsets = GC.AllocateUninitializedArray<byte>((slots + 1) * sizeof(int));
        var to = MemoryMarshal.Cast<byte, int>(offsets.AsSpan());
        var from = ends.AsSpan<int>();
        to[0] = 0;
        if (nulls == 0) from.CopyTo(to[1..]);
        else
        {
            var valid = validity.Span;
            var (last, next) = (0, 0);
            for (var i = 0; i < slots; i++)
            {
                if (Bitmap.Get(valid, i)) last = from[next++];
                to[i + 1] = last;
            }
        }
        ends.Clear();
        return make(slots, offsets, data.Detach(), validity, nulls);
    }
}

/// <summary>Makes a column of values of any length.</summary>
delegate Column BytesColumnMaker(int length, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity, int nulls);

/// <summary>DELTA_BYTE_ARRAY: each value shares a prefix with the one before.</summary>
sealed class PrefixedBytes
{
    readonly DeltaDecoder prefixes = new(), suffixes = new();
    byte[] data = [];
    int at, end;
    byte[] value = new byte[64];
    int length;
    readonly int[] aheadPrefix = new int[Ahead], aheadSuffix = new int[Ahead];
    int ahead, used;
    long left;
    const int Ahead = 128;

    public void Begin(byte[] bytes, int from, int to, int most)
    {
        (data, end, length, ahead, used) = (bytes, to, 0, 0, 0);
        prefixes.Begin(bytes, from, to, most);
        var second = prefixes.FindEnd();
        prefixes.Begin(bytes, from, to, most);
        suffixes.Begin(bytes, second, to, most);
        at = suffixes.FindEnd();
        suffixes.Begin(bytes, second, to, most);
        left = Math.Min(prefixes.Total, suffixes.Total);
    }

    /// <summary>How many of the next values, as far as their lengths are known, take at most <paramref name="budget"/> bytes.</summary>
    public int Within(int count, long budget)
    {
        if (used == ahead) Fill();
        var known = Math.Min(count, ahead - used);
        for (var i = 0; i < known; i++)
        {
            budget -= (long)aheadPrefix[used + i] + aheadSuffix[used + i];
            if (budget < 0) return i;
        }
        return known;
    }

    public ReadOnlySpan<byte> Next()
    {
        if (used == ahead) Fill();
        if (used == ahead) throw new DataFormatException("the prefix lengths end before the values");
        var (prefix, suffix) = (aheadPrefix[used], aheadSuffix[used]);
        used++;
        if (prefix < 0 || prefix > length) throw new DataFormatException($"a prefix of {prefix} bytes of a value of {length}");
        if (suffix < 0 || suffix > end - at) throw new DataFormatException($"a suffix of {suffix} bytes where {end - at:N0} are left");
        length = prefix + suffix;
        if (length > value.Length) Array.Resize(ref value, (int)Math.Min(Array.MaxLength, Math.Max(length, value.Length * 2L)));
        data.AsSpan(at, suffix).CopyTo(value.AsSpan(prefix));
        at += suffix;
        return value.AsSpan(0, length);
    }

    void Fill()
    {
        ahead = (int)Math.Min(Ahead, left);
        used = 0;
        left -= ahead;
        prefixes.Read(aheadPrefix.AsSpan(0, ahead));
        suffixes.Read(aheadSuffix.AsSpan(0, ahead));
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Anit.Data.Parquet.Encodings;
using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Write;

/// <summary>Views a column as values of the stored type; the result is valid until the next call.</summary>
delegate ReadOnlySpan<T> StoredValues<T>(Column column);

/// <summary>INT32, INT64, FLOAT and DOUBLE values.</summary>
/// <typeparam name="T">The type as stored, with the order its statistics follow: int, uint, long, ulong, float or double.</typeparam>
sealed class FixedWriter<T> : ValueWriter where T : unmanaged, INumber<T>
{
    readonly StoredValues<T> stored;
    readonly ByteBuffer values = new();
    readonly List<T> distinct = [];
    readonly Dictionary<ulong, int> entries = [];
    readonly MinMax.Of<T> range = new();

    public FixedWriter(StoredValues<T> stored)
    {
        this.stored = stored;
        Range = range;
    }

    static int Width => Unsafe.SizeOf<T>();

    public override int DictionaryCount => distinct.Count;
    protected override long DictionaryBytes => (long)distinct.Count * Width;
    public override long PageBytes => (long)Count * Width;

    public override void AppendRange(Column column, int start, int count) => Append(stored(column).Slice(start, count));

    public override void AppendRows(Column column, ReadOnlySpan<int> rows)
    {
        var all = stored(column);
        Span<T> part = stackalloc T[128];
        for (var at = 0; at < rows.Length; at += part.Length)
        {
            var some = part[..Math.Min(part.Length, rows.Length - at)];
            for (var i = 0; i < some.Length; i++) some[i] = all[rows[at + i]];
            Append(some);
        }
    }

    public override bool CanHash => true;

    void Append(ReadOnlySpan<T> more)
    {
        range.Add(more);
        if (Hashes is not null)
            for (var i = 0; i < more.Length; i++) Hashes.Add(BloomFilter.Hash(MemoryMarshal.AsBytes(more.Slice(i, 1))));
        if (UsesDictionary)
        {
            foreach (var value in more) Indices.AppendValue(Entry(value));
        }
        else values.Append(MemoryMarshal.AsBytes(more));
        Count += more.Length;
    }

    int Entry(T value)
    {
        // By bits, so that NaN equals NaN and -0 differs from 0.
        ulong bits = 0;
        Unsafe.WriteUnaligned(ref Unsafe.As<ulong, byte>(ref bits), value);
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, bits, out var known);
        if (!known)
        {
            entry = distinct.Count;
            distinct.Add(value);
        }
        return entry;
    }

    protected override PageEncoding EncodePlainly(ByteBuffer to)
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            to.Append(values.Written);
            return PageEncoding.Plain;
        }
        var start = to.Length;
        if (Width == sizeof(int)) DeltaEncoder.Encode(MemoryMarshal.Cast<byte, int>(values.Written), to);
        else DeltaEncoder.Encode(MemoryMarshal.Cast<byte, long>(values.Written), to);
        if (to.Length - start < values.Length * 0.8) return PageEncoding.DeltaBinaryPacked;
        to.Truncate(start);
        to.Append(values.Written);
        return PageEncoding.Plain;
    }

    public override void EncodeDictionary(ByteBuffer to) => to.Append(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(distinct)));

    protected override void RestorePlain()
    {
        foreach (var index in Indices.AsSpan<int>()) values.AppendValue(distinct[index]);
    }

    protected override void ClearPage() => values.Clear();

    protected override void ClearDictionary()
    {
        distinct.Clear();
        entries.Clear();
    }
}

/// <summary>BOOLEAN values, a bit each.</summary>
sealed class BoolWriter : ValueWriter
{
    readonly ByteBuffer bits = new();
    readonly MinMax.Of<byte> range = new();

    public BoolWriter() => Range = range;

    public override int DictionaryCount => 0;
    protected override long DictionaryBytes => 0;
    public override long PageBytes => bits.Length;
    protected override bool CanUseDictionary => false;

    public override void AppendRange(Column column, int start, int count)
    {
        for (var i = 0; i < count; i++) Append(((BoolColumn)column)[start + i]);
    }

    public override void AppendRows(Column column, ReadOnlySpan<int> rows)
    {
        foreach (var row in rows) Append(((BoolColumn)column)[row]);
    }

    void Append(bool value)
    {
        if ((Count & 7) == 0) bits.Append(0);
        if (value) Bitmap.Set(bits.WrittenSpan, Count);
        range.Add([value ? (byte)1 : (byte)0]);
        Count++;
    }

    protected override PageEncoding EncodePlainly(ByteBuffer to)
    {
        to.Append(bits.Written);
        return PageEncoding.Plain;
    }

    public override void EncodeDictionary(ByteBuffer to) { }
    protected override void RestorePlain() { }
    protected override void ClearPage() => bits.Clear();
    protected override void ClearDictionary() { }
}

/// <summary>FIXED_LEN_BYTE_ARRAY values.</summary>
sealed class FixedBytesWriter : ValueWriter
{
    readonly int width;
    readonly StoredValues<byte> stored;
    readonly MinMax.OfBytes? range;
    readonly ByteBuffer values = new();
    readonly ByteTable table = new();

    public FixedBytesWriter(int width, StoredValues<byte> stored, MinMax.OfBytes? range)
    {
        (this.width, this.stored, this.range) = (width, stored, range);
        Range = range ?? MinMax.None;
    }

    public override int DictionaryCount => table.Count;
    protected override long DictionaryBytes => table.ByteCount;
    public override long PageBytes => (long)Count * width;

    public override void AppendRange(Column column, int start, int count)
    {
        var all = stored(column);
        for (var i = start; i < start + count; i++) Append(all.Slice(i * width, width));
    }

    public override void AppendRows(Column column, ReadOnlySpan<int> rows)
    {
        var all = stored(column);
        foreach (var row in rows) Append(all.Slice(row * width, width));
    }

    void Append(ReadOnlySpan<byte> value)
    {
        range?.Add(value);
        if (UsesDictionary) Indices.AppendValue(table.Add(value));
        else values.Append(value);
        Count++;
    }

    protected override PageEncoding EncodePlainly(ByteBuffer to)
    {
        to.Append(values.Written);
        return PageEncoding.Plain;
    }

    public override void EncodeDictionary(ByteBuffer to) => to.Append(table.Data.Span);

    protected override void RestorePlain()
    {
        foreach (var index in Indices.AsSpan<int>()) values.Append(table[index]);
    }

    protected override void ClearPage() => values.Clear();
    protected override void ClearDictionary() => table.Clear();
}

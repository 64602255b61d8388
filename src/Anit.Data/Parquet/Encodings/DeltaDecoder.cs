using System.Runtime.InteropServices;

namespace Anit.Data.Parquet.Encodings;

/// <summary>Decodes DELTA_BINARY_PACKED, a mini block at a time.</summary>
/// <remarks>Encodings.md of parquet-format, "Delta encoding"; sums wrap around, so 33-bit deltas of 32-bit integers (which
/// DuckDB writes although the text forbids it) come out right. Lemire and Boytsov (2012), arXiv:1209.2137.</remarks>
sealed class DeltaDecoder
{
    const int MostMiniBlock = 1 << 16;

    byte[] data = [];
    int at, end;
    int miniBlocks, perMiniBlock;
    long left, sum, smallest;
    bool first;
    byte[] widths = [];
    int miniBlock;
    long[] deltas = [];
    int ready, used;

    /// <summary>Values this run of deltas holds.</summary>
    public long Total { get; private set; }

    /// <summary>Reads the header; a claim of more than <paramref name="most"/> values is an error.</summary>
    public void Begin(byte[] bytes, int from, int to, long most)
    {
        (data, at, end) = (bytes, from, to);
        var block = Varint();
        var count = Varint();
        if (block == 0 || block % 128 != 0 || count == 0 || block % count != 0 || block / count % 32 != 0 || block / count > MostMiniBlock
            || count > 65_536)
            throw new DataFormatException(
                $"delta blocks of {block} values in {count} parts; multiples of 128 in parts of multiples of 32 were expected");
        Total = (long)Math.Min(Varint(), long.MaxValue);
        if (Total > most) throw new DataFormatException($"{Total:N0} deltas where at most {most:N0} values were expected");
        sum = ZigZag(Varint());
        (miniBlocks, perMiniBlock) = ((int)count, (int)(block / count));
        (left, first, ready, used, miniBlock) = (Total, true, 0, 0, miniBlocks);
        if (deltas.Length < perMiniBlock) deltas = new long[perMiniBlock];
    }

    /// <summary>Passes over all blocks and returns where the bytes after them begin.</summary>
    public int FindEnd()
    {
        var rest = left - 1;
        while (rest > 0)
        {
            Varint();
            var sizes = at;
            if (end - at < miniBlocks) throw Early();
            at += miniBlocks;
            for (var i = 0; i < miniBlocks && rest > 0; i++, rest -= perMiniBlock) Advance(Bytes(data[sizes + i]));
        }
        return at;
    }

    public void Read(Span<long> to)
    {
        for (var i = 0; i < to.Length;)
        {
            if (first)
            {
                Take(1);
                to[i++] = sum;
                first = false;
                continue;
            }
            if (used == ready) NextMiniBlock();
            var count = Math.Min(to.Length - i, ready - used);
            foreach (var delta in deltas.AsSpan(used, count)) to[i++] = sum += delta;
            used += count;
            Take(count);
        }
    }

    public void Read(Span<int> to)
    {
        for (var i = 0; i < to.Length;)
        {
            if (first)
            {
                Take(1);
                to[i++] = (int)sum;
                first = false;
                continue;
            }
            if (used == ready) NextMiniBlock();
            var count = Math.Min(to.Length - i, ready - used);
            foreach (var delta in deltas.AsSpan(used, count)) to[i++] = (int)(sum += delta);
            used += count;
            Take(count);
        }
    }

    void Take(int count)
    {
        left -= count;
        if (left < 0) throw new DataFormatException("the deltas end before the values");
    }

    void NextMiniBlock()
    {
        if (left <= 0) throw new DataFormatException("the deltas end before the values");
        if (miniBlock == miniBlocks)
        {
            smallest = ZigZag(Varint());
            if (widths.Length < miniBlocks) widths = new byte[miniBlocks];
            if (end - at < miniBlocks) throw Early();
            data.AsSpan(at, miniBlocks).CopyTo(widths);
            at += miniBlocks;
            miniBlock = 0;
        }
        var width = widths[miniBlock++];
        var bytes = Bytes(width);
        if (end - at < bytes)
        {
            // Some writers cut the last mini block after its last value.
            if ((long)(end - at) * 8 < Math.Min(left, perMiniBlock) * width) throw Early();
            bytes = end - at;
        }
        (used, ready) = (0, (int)Math.Min(perMiniBlock, left));
        Unpack(at * 8L, width, deltas.AsSpan(0, ready));
        at += bytes;
    }

    void Unpack(long bit, int width, Span<long> to)
    {
        if (width == 0)
        {
            to.Fill(smallest);
            return;
        }
        var mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        var span = data.AsSpan();
        for (var i = 0; i < to.Length; i++, bit += width)
        {
            var (start, shift) = ((int)(bit >> 3), (int)(bit & 7));
            ulong word;
            if (start + 9 <= span.Length)
            {
                word = MemoryMarshal.Read<ulong>(span[start..]) >> shift;
                if (shift + width > 64) word |= (ulong)span[start + 8] << (64 - shift);
            }
            else
            {
                word = 0;
                for (var b = 0; b * 8 - shift < 64 && start + b < span.Length; b++)
                    word |= b * 8 >= shift ? (ulong)span[start + b] << (b * 8 - shift) : (ulong)span[start + b] >> (shift - b * 8);
            }
            to[i] = smallest + (long)(word & mask);
        }
    }

    int Bytes(int width) => width <= 64 ? (int)((long)width * perMiniBlock / 8) : throw new DataFormatException($"deltas of {width} bits");

    void Advance(int bytes)
    {
        // A cut last mini block ends the data.
        at = bytes <= end - at ? at + bytes : end;
    }

    ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (at == end) throw Early();
            var b = data[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new DataFormatException("a delta takes more than 10 bytes");
    }

    static long ZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    static DataFormatException Early() => new("the deltas end early");
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Read;

/// <summary>INT32, INT64, FLOAT and DOUBLE values, as integers of their width.</summary>
/// <typeparam name="T">int or long.</typeparam>
/// <param name="options">How far values may expand, and whether buffers are reused.</param>
/// <param name="deltas">Whether DELTA_BINARY_PACKED is allowed: on integers only.</param>
/// <param name="make">Makes the column of the logical type.</param>
sealed class FixedReader<T>(ReadOptions options, bool deltas, ColumnMaker make) : ValueReader(options.Limits) where T : unmanaged
{
    readonly ByteBuffer values = new(reuse: options.ReuseMemory, memory: options.Memory);
    T[] dictionary = [];
    int splitCount, splitAt;

    static int Width => Unsafe.SizeOf<T>();

    public override long ByteCount => values.Length;

    protected override void ReadDictionary(ReadOnlySpan<byte> page, int count)
    {
        if (page.Length < (long)count * Width) throw new DataFormatException($"a dictionary of {count:N0} values in {page.Length:N0} bytes");
        dictionary = MemoryMarshal.Cast<byte, T>(page[..(count * Width)]).ToArray();
    }

    protected override void Begin(int most)
    {
        switch (Encoding)
        {
            case PageEncoding.Plain: break;
            case PageEncoding.DeltaBinaryPacked when deltas: Deltas.Begin(Data, At, End, most); break;
            case PageEncoding.ByteStreamSplit:
                if ((End - At) % Width != 0) throw new DataFormatException($"{End - At:N0} bytes are no whole number of {Width}-byte values");
                (splitCount, splitAt) = ((End - At) / Width, 0);
                break;
            default: throw Unknown();
        }
    }

    public override void Read(int count)
    {
        var bytes = count * Width;
        var room = values.Reserve(bytes)[..bytes];
        switch (Encoding)
        {
            case PageEncoding.Plain:
                if (End - At < bytes) throw Short(bytes);
                Data.AsSpan(At, bytes).CopyTo(room);
                At += bytes;
                break;
            case PageEncoding.RleDictionary: Look(MemoryMarshal.Cast<byte, T>(room)); break;
            case PageEncoding.DeltaBinaryPacked:
                if (typeof(T) == typeof(int)) Deltas.Read(MemoryMarshal.Cast<byte, int>(room));
                else Deltas.Read(MemoryMarshal.Cast<byte, long>(room));
                break;
            default:
                if (splitCount - splitAt < count) throw Short(bytes);
                ByteStreamSplit.Gather(Data.AsSpan(At, End - At), splitCount, splitAt, Width, room);
                splitAt += count;
                break;
        }
        values.Advance(bytes);
        Count += count;
    }

    void Look(Span<T> to)
    {
        const int Chunk = 1_024;
        for (var at = 0; at < to.Length; at += Chunk)
        {
            var part = to.Slice(at, Math.Min(Chunk, to.Length - at));
            var indices = ReadIndices(part.Length);
            for (var i = 0; i < indices.Length; i++) part[i] = dictionary[indices[i]];
        }
    }

    public override void GiveBack() => values.GiveBack();

    protected override Column Build(int slots, ReadOnlyMemory<byte> validity, int nulls)
    {
        if (nulls > 0)
        {
            var more = nulls * Width;
            values.Reserve(more)[..more].Clear();
            values.Advance(more);
            Spread(values.AsSpan<T>(), Count, validity.Span);
        }
        return make(slots, values.Detach(), validity, nulls);
    }
}

/// <summary>Makes a column of values of one width out of what Parquet stored.</summary>
delegate Column ColumnMaker(int length, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity, int nulls);

/// <summary>BYTE_STREAM_SPLIT: all first bytes, then all second bytes, and so on.</summary>
static class ByteStreamSplit
{
    /// <summary>Puts values together, from number <paramref name="first"/> of <paramref name="count"/>.</summary>
    public static void Gather(ReadOnlySpan<byte> streams, int count, int first, int width, Span<byte> to)
    {
        for (var stream = 0; stream < width; stream++)
        {
            var from = streams.Slice(stream * count + first, to.Length / width);
            for (int i = 0, at = stream; i < from.Length; i++, at += width) to[at] = from[i];
        }
    }
}

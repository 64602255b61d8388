using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Read;

/// <summary>FIXED_LEN_BYTE_ARRAY and INT96 values.</summary>
/// <param name="options">How far values may expand, and whether buffers are reused.</param>
/// <param name="width">Bytes in each value.</param>
/// <param name="make">Makes the column of the logical type.</param>
sealed class FixedBytesReader(ReadOptions options, int width, ColumnMaker make) : ValueReader(options.Limits)
{
    readonly ByteBuffer values = new(reuse: options.ReuseMemory, memory: options.Memory);
    readonly PrefixedBytes prefixed = new();
    byte[] dictionary = [];
    int splitCount, splitAt;

    public override long ByteCount => values.Length;

    public override int Within(int count, long budget) => (int)Math.Min(count, Math.Max(1, budget / width));

    protected override void ReadDictionary(ReadOnlySpan<byte> page, int count)
    {
        if (page.Length < (long)count * width) throw new DataFormatException($"a dictionary of {count:N0} values in {page.Length:N0} bytes");
        dictionary = page[..(count * width)].ToArray();
    }

    protected override void Begin(int most)
    {
        switch (Encoding)
        {
            case PageEncoding.Plain: break;
            case PageEncoding.DeltaByteArray: prefixed.Begin(Data, At, End, most); break;
            case PageEncoding.ByteStreamSplit:
                if ((End - At) % width != 0) throw new DataFormatException($"{End - At:N0} bytes are no whole number of {width}-byte values");
                (splitCount, splitAt) = ((End - At) / width, 0);
                break;
            default: throw Unknown();
        }
    }

    public override void Read(int count)
    {
        var bytes = checked(count * width);
        var room = values.Reserve(bytes)[..bytes];
        switch (Encoding)
        {
            case PageEncoding.Plain:
                if (End - At < bytes) throw Short(bytes);
                Data.AsSpan(At, bytes).CopyTo(room);
                At += bytes;
                break;
            case PageEncoding.RleDictionary:
                Expand(bytes);
                foreach (var index in ReadIndices(count))
                {
                    dictionary.AsSpan(index * width, width).CopyTo(room);
                    room = room[width..];
                }
                break;
            case PageEncoding.ByteStreamSplit:
                if (splitCount - splitAt < count) throw Short(bytes);
                ByteStreamSplit.Gather(Data.AsSpan(At, End - At), splitCount, splitAt, width, room);
                splitAt += count;
                break;
            default:
                for (var i = 0; i < count; i++, room = room[width..])
                {
                    var value = prefixed.Next();
                    if (value.Length != width) throw new DataFormatException($"a value of {value.Length} bytes in a column of {width} bytes");
                    value.CopyTo(room);
                }
                break;
        }
        values.Advance(bytes);
        Count += count;
    }

    public override void GiveBack() => values.GiveBack();

    protected override Column Build(int slots, ReadOnlyMemory<byte> validity, int nulls)
    {
        if (nulls > 0)
        {
            var more = checked(nulls * width);
            values.Reserve(more)[..more].Clear();
            values.Advance(more);
            var all = values.WrittenSpan;
            var valid = validity.Span;
            for (var (to, from) = (slots - 1, Count - 1); to > from; to--)
            {
                var target = all.Slice(to * width, width);
                if (Bitmap.Get(valid, to)) all.Slice(from-- * width, width).CopyTo(target);
                else target.Clear();
            }
        }
        return make(slots, values.Detach(), validity, nulls);
    }
}

using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>Decimals of 32 to 256 bits as columns keep them: 128 bits up to 38 digits, else 32 bytes.</summary>
static class Decimals
{
    public static Column Read(ref BatchCursor cursor, ArrowType type, int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var width = type.BitWidth / 8;
        var data = cursor.Values(length, width, width);
        var logical = new DecimalType(type.Precision, type.Scale);
        if (type.Precision > DecimalType.MaxInt128Precision) return new FixedBinaryColumn(logical, 32, length, data, validity, nulls);
        if (width != 16) data = Resized(ref cursor, data, width, length, validity);
        return new FixedColumn<Int128>(logical, length, data, validity, nulls);
    }

    static byte[] Resized(ref BatchCursor cursor, ReadOnlyMemory<byte> data, int width, int length, ReadOnlyMemory<byte> validity)
    {
        cursor.Expand(16L * length);
        var result = new byte[16 * length];
        for (var i = 0; i < length; i++)
        {
            var from = data.Span.Slice(width * i, width);
            var to = result.AsSpan(16 * i, 16);
            var sign = (from[Math.Min(width, 16) - 1] & 0x80) != 0 ? (byte)0xFF : (byte)0;
            from[..Math.Min(width, 16)].CopyTo(to);
            if (width < 16) to[width..].Fill(sign);
            else if (from[16..].ContainsAnyExcept(sign) && (validity.IsEmpty || Bitmap.Get(validity.Span, i)))
                throw new DataFormatException($"row {i}: a decimal beyond its precision");
        }
        return result;
    }
}

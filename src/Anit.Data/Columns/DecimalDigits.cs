using System.Globalization;

namespace Anit.Data;

/// <summary><see cref="decimal"/> as the integer that a column of decimals holds.</summary>
static class DecimalDigits
{
    /// <summary>The value times 10^scale, exactly; an <see cref="OverflowException"/> where the column's type has too few digits.</summary>
    public static Int128 Of(decimal value, DecimalType type, string column)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var digits = new Int128((uint)bits[2], (ulong)(uint)bits[1] << 32 | (uint)bits[0]);
        for (var scale = bits[3] >> 16 & 0xFF; scale != type.Scale;)
        {
            if (scale < type.Scale && digits <= Int128.MaxValue / 10) (digits, scale) = (digits * 10, scale + 1);
            else if (scale > type.Scale && digits % 10 == 0) (digits, scale) = (digits / 10, scale - 1);
            else throw TooLong();
        }
        for (var (most, i) = (Int128.One, 0); i < type.Precision; i++, most *= 10)
            if (digits < most * 10) return bits[3] < 0 ? -digits : digits;
        throw TooLong();

        OverflowException TooLong() => new($"column '{column}': {value.ToString(CultureInfo.InvariantCulture)} has more digits than {type}");
    }
}

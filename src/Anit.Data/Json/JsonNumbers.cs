using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Anit.Data.Json;

/// <summary>Numbers as text, and what of their digits a column keeps.</summary>
static class JsonNumbers
{
    const int SurelyExact = 15; // digits that any double keeps
    const int MostDigits = 1_000; // of any number that a double or decimal may hold; parsing more takes time by their square

    /// <summary>Whether the number has neither point nor exponent.</summary>
    public static bool IsInteger(ReadOnlySpan<byte> number) => number.IndexOfAny(".eE"u8) < 0;

    /// <summary>Whether this double stands for the number: an integer must come back with all its digits, a fraction need not.</summary>
    /// <remarks>123456789012345680000 is how JavaScript and we write a double, and so it is kept; 9007199254740993 is not.</remarks>
    public static bool Keeps(double value, ReadOnlySpan<byte> number) =>
        double.IsFinite(value) && (number.Length <= SurelyExact || !IsInteger(number) || ComesBack(value, number));

    /// <summary>Whether the double nearest to the number stands for it.</summary>
    public static bool Keeps(ReadOnlySpan<byte> number) =>
        (number.Length <= SurelyExact && IsInteger(number)) || (Utf8Parser.TryParse(number, out double value, out _) && Keeps(value, number));

    static bool ComesBack(double value, ReadOnlySpan<byte> number)
    {
        if (number.Length > MostDigits) return false;
        Span<byte> text = stackalloc byte[40];
        if (value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture) && Digits(text[..length]).SequenceEqual(Digits(number)))
            return true;
        return BigInteger.TryParse(Encoding.ASCII.GetString(number), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exact)
            && exact == new BigInteger(value);
    }

    // The digits without sign, point, exponent and the zeros around them.
    static ReadOnlySpan<byte> Digits(ReadOnlySpan<byte> number)
    {
        var end = number.IndexOf((byte)'E');
        if (end >= 0) number = number[..end];
        var digits = new byte[number.Length];
        var count = 0;
        foreach (var c in number)
            if (c is >= (byte)'0' and <= (byte)'9') digits[count++] = c;
        return digits.AsSpan(0, count).Trim((byte)'0');
    }

    /// <summary>The number as a whole count of the decimal's last digit; false where it has more digits than the type, before or behind the
    /// point.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> number, DecimalType type, out BigInteger unscaled)
    {
        unscaled = default;
        if (number.Length > MostDigits) return false;
        var exponent = 0;
        var e = number.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            if (!int.TryParse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return false;
            number = number[..e];
        }
        var point = number.IndexOf((byte)'.');
        var digits = point < 0 ? Encoding.ASCII.GetString(number)
            : $"{Encoding.ASCII.GetString(number[..point])}{Encoding.ASCII.GetString(number[(point + 1)..])}";
        if (!BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out unscaled)) return false;
        if (unscaled.IsZero) return true;
        if (Math.Abs((long)exponent) > MostDigits) return false;
        var shift = exponent + type.Scale - (point < 0 ? 0 : number.Length - point - 1);
        if (shift >= 0) unscaled *= BigInteger.Pow(10, shift);
        else
        {
            unscaled = BigInteger.DivRem(unscaled, BigInteger.Pow(10, -shift), out var lost);
            if (!lost.IsZero) return false;
        }
        return BigInteger.Abs(unscaled) < BigInteger.Pow(10, type.Precision);
    }

    /// <summary>Appends a decimal to the builder that its type has.</summary>
    public static bool TryAppendDecimal(ColumnBuilder builder, ReadOnlySpan<byte> number)
    {
        if (!TryDecimal(number, (DecimalType)builder.Type, out var unscaled)) return false;
        if (builder is FixedBuilder<Int128> narrow) narrow.Append((Int128)unscaled);
        else
        {
            Span<byte> bytes = stackalloc byte[32];
            bytes.Fill(unscaled.Sign < 0 ? (byte)0xFF : (byte)0);
            unscaled.TryWriteBytes(bytes, out _);
            ((FixedBinaryBuilder)builder).Append(bytes);
        }
        return true;
    }

    /// <summary>An integer whose digits a double would lose.</summary>
    public static DataFormatException Rounded(ReadOnlySpan<byte> number, string path) =>
        Rounded(Encoding.UTF8.GetString(number.Length > 40 ? number[..40] : number), path);

    /// <inheritdoc cref="Rounded(ReadOnlySpan{byte}, string)"/>
    public static DataFormatException Rounded(string number, string path) => new DataFormatException(
        $"found {number}, whose digits neither the column's integers nor a double can hold; "
        + $"name the column's type: anit-data convert --type {path}=text, or decimal(38,0), or double to round").At(column: path);
}

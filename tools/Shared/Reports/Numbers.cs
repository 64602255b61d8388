using System.Globalization;

namespace Anit.Tools.Reports;

/// <summary>Numbers as text, the same in every culture.</summary>
static class Numbers
{
    /// <summary>A dash for a number that is not there.</summary>
    public const string None = "–";

    /// <summary>A coordinate of a drawing: two decimals at most.</summary>
    public static string Coordinate(double value) =>
        value.ToString("0.##", CultureInfo.InvariantCulture) is var text && text == "-0" ? "0" : text;

    /// <summary>Three significant digits, thousands apart, powers of ten for the very small and the very large.</summary>
    public static string Short(double? number)
    {
        if (number is not { } value || !double.IsFinite(value)) return None;
        var size = Math.Abs(value);
        return value.ToString(size switch
        {
            0 => "0",
            < 1e-3 or >= 1e9 => "0.00e0",
            >= 1000 => "#,0",
            _ when value == Math.Truncate(value) => "0",
            >= 100 => "0",
            >= 10 => "0.0",
            >= 1 => "0.00",
            >= 0.1 => "0.000",
            >= 0.01 => "0.0000",
            _ => "0.00000",
        }, CultureInfo.InvariantCulture).Replace('-', '−');
    }

    /// <summary>A count with thousands apart.</summary>
    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share in per cent with one decimal.</summary>
    public static string Percent(double? share) => share is { } value && double.IsFinite(value)
        ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) : None;

    /// <summary>A difference of shares in points, with its sign.</summary>
    public static string Points(double? difference) => difference is { } value && double.IsFinite(value)
        ? (100 * value).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture) : None;
}

using System.Globalization;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.C;

/// <summary>Types as the C data interface spells them: <c>l</c> for 64-bit integers, <c>tsu:UTC</c>, <c>+l</c> for lists.</summary>
static class TypeFormat
{
    const string Units = "smun", Intervals = "MDn";

    public static string Of(ArrowType t) => t.Kind switch
    {
        ArrowKind.Null => "n",
        ArrowKind.Bool => "b",
        ArrowKind.Int => (t.BitWidth, t.Signed) switch
        {
            (8, true) => "c", (8, false) => "C", (16, true) => "s", (16, false) => "S",
            (32, true) => "i", (32, false) => "I", (64, true) => "l", _ => "L",
        },
        ArrowKind.FloatingPoint => "efg"[t.Unit..(t.Unit + 1)],
        ArrowKind.Utf8 => "u",
        ArrowKind.Binary => "z",
        ArrowKind.FixedSizeBinary => $"w:{t.Width}",
        ArrowKind.Decimal => $"d:{t.Precision},{t.Scale}{(t.BitWidth == 128 ? "" : $",{t.BitWidth}")}",
        ArrowKind.Date => t.Unit == 0 ? "tdD" : "tdm",
        ArrowKind.Time => $"tt{Units[t.Unit]}",
        ArrowKind.Timestamp => $"ts{Units[t.Unit]}:{t.Zone}",
        ArrowKind.Duration => $"tD{Units[t.Unit]}",
        ArrowKind.Interval => $"ti{Intervals[t.Unit]}",
        ArrowKind.List => "+l",
        ArrowKind.Struct => "+s",
        ArrowKind.Map => "+m",
        ArrowKind.Union => $"+u{(t.Unit == 1 ? 'd' : 's')}:{string.Join(',', t.TypeIds)}",
        _ => throw new UnsupportedTypeException($"a column of {t.Kind} cannot be handed over"),
    };

    public static ArrowType Parse(string format) => format switch
    {
        "n" => new(ArrowKind.Null),
        "b" => new(ArrowKind.Bool),
        [var letter] when "cCsSiIlL".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var i =>
            new(ArrowKind.Int) { BitWidth = 8 << i / 2, Signed = i % 2 == 0 },
        [var letter] when "efg".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var i => new(ArrowKind.FloatingPoint) { Unit = (short)i },
        "z" => new(ArrowKind.Binary),
        "Z" => new(ArrowKind.LargeBinary),
        "vz" => new(ArrowKind.BinaryView),
        "u" => new(ArrowKind.Utf8),
        "U" => new(ArrowKind.LargeUtf8),
        "vu" => new(ArrowKind.Utf8View),
        ['w', ':', ..] => new(ArrowKind.FixedSizeBinary) { Width = Number(format, format[2..], 0, 1 << 20) },
        ['d', ':', ..] => Decimal(format, format[2..].Split(',')),
        "tdD" => new(ArrowKind.Date) { Unit = 0 },
        "tdm" => new(ArrowKind.Date) { Unit = 1 },
        ['t', 't', var unit] when Units.IndexOf(unit, StringComparison.Ordinal) is >= 0 and var i =>
            new(ArrowKind.Time) { Unit = (short)i, BitWidth = i < 2 ? 32 : 64 },
        ['t', 's', var unit, ':', .. var zone] when Units.IndexOf(unit, StringComparison.Ordinal) is >= 0 and var i =>
            new(ArrowKind.Timestamp) { Unit = (short)i, Zone = zone },
        ['t', 'D', var unit] when Units.IndexOf(unit, StringComparison.Ordinal) is >= 0 and var i => new(ArrowKind.Duration) { Unit = (short)i },
        ['t', 'i', var unit] when Intervals.IndexOf(unit, StringComparison.Ordinal) is >= 0 and var i => new(ArrowKind.Interval) { Unit = (short)i },
        "+l" => new(ArrowKind.List),
        "+L" => new(ArrowKind.LargeList),
        "+vl" => new(ArrowKind.ListView),
        "+vL" => new(ArrowKind.LargeListView),
        ['+', 'w', ':', ..] => new(ArrowKind.FixedSizeList) { Width = Number(format, format[3..], 0, 1 << 20) },
        "+s" => new(ArrowKind.Struct),
        "+m" => new(ArrowKind.Map),
        "+r" => new(ArrowKind.RunEndEncoded),
        ['+', 'u', 'd' or 's', ':', ..] => new(ArrowKind.Union)
        {
            Unit = (short)(format[2] == 'd' ? 1 : 0),
            TypeIds = format.Length == 4 ? [] : [.. format[4..].Split(',').Select(id => Number(format, id, 0, 127))],
        },
        _ => throw Unknown(format),
    };

    static ArrowType Decimal(string format, string[] parts)
    {
        if (parts.Length is not (2 or 3)) throw Unknown(format);
        var bits = parts.Length == 3 ? Number(format, parts[2], 32, 256) : 128;
        if (bits is not (32 or 64 or 128 or 256)) throw Unknown(format);
        var most = bits switch { 32 => 9, 64 => 18, 128 => 38, _ => 76 };
        var (precision, scale) = (Number(format, parts[0], 1, most), Number(format, parts[1], -1000, 1000));
        return new(ArrowKind.Decimal) { Precision = precision, Scale = scale, BitWidth = bits };
    }

    static int Number(string format, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : throw Unknown(format);

    static DataFormatException Unknown(string format) => new($"the Arrow C data interface has no type \"{format}\"");
}

namespace Anit.Data.Arrow.Meta;

/// <summary>The kinds of type in Arrow's Schema.fbs, by their union numbers.</summary>
enum ArrowKind : byte
{
    None, Null, Int, FloatingPoint, Binary, Utf8, Bool, Decimal, Date, Time, Timestamp, Interval, List, Struct, Union, FixedSizeBinary,
    FixedSizeList, Map, Duration, LargeBinary, LargeUtf8, LargeList, RunEndEncoded, BinaryView, Utf8View, ListView, LargeListView,
}

/// <summary>A type as the metadata spells it; which properties matter depends on the kind.</summary>
sealed record ArrowType(ArrowKind Kind)
{
    /// <summary>Bits of an int, time or decimal.</summary>
    public int BitWidth { get; init; }

    public bool Signed { get; init; }

    /// <summary>Unit of date, time, timestamp, duration and interval; precision of a float; mode of a union.</summary>
    public short Unit { get; init; }

    public string? Zone { get; init; }

    /// <summary>Items of a fixed-size list, bytes of a fixed-size binary.</summary>
    public int Width { get; init; }

    public int Precision { get; init; }

    public int Scale { get; init; }

    public bool KeysSorted { get; init; }

    /// <summary>Type ids of a union's children, or none for 0, 1, 2 ...</summary>
    public int[] TypeIds { get; init; } = [];
}

/// <summary>How a dictionary-encoded field finds its values.</summary>
sealed record ArrowDictionary(long Id, ArrowType Index, bool Ordered);

/// <summary>A field with its children; for a dictionary-encoded one, type and children are those of the values.</summary>
sealed record ArrowField(string Name, bool Nullable, ArrowType Type, IReadOnlyList<ArrowField> Children)
{
    public ArrowDictionary? Dictionary { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>A schema with what the columns of <see cref="Schema"/> do not keep: encodings and byte order.</summary>
sealed record ArrowSchema(IReadOnlyList<ArrowField> Fields)
{
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public bool BigEndian { get; init; }
}

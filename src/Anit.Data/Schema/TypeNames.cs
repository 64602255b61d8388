namespace Anit.Data;

/// <summary>Types as text, the same words in messages, in <c>anit-data schema</c> and in the canonical form.</summary>
static class TypeNames
{
    public static string Of(DataType type) => type switch
    {
        NullType => "null",
        BoolType => "bool",
        IntType t => $"{(t.Signed ? 'i' : 'u')}{t.Bits}",
        FloatType t => $"f{t.Bits}",
        Utf8Type => "utf8",
        BinaryType => "binary",
        FixedBinaryType t => $"fixed({t.Width})",
        DecimalType t => $"decimal({t.Precision},{t.Scale})",
        DateType => "date",
        TimeType t => $"time({Of(t.Unit)})",
        TimestampType t => t.Zone is null ? $"timestamp({Of(t.Unit)})" : $"timestamp({Of(t.Unit)},{t.Zone})",
        DurationType t => $"duration({Of(t.Unit)})",
        IntervalType t => $"interval({t.Kind})",
        ListType t => $"list<{Of(t.Item.Type)}>",
        StructType t => $"struct<{string.Join(',', t.Fields.Select(Named))}>",
        MapType t => $"map<{Of(t.Key.Type)},{Of(t.Value.Type)}>",
        UnionType t => $"union<{string.Join(',', t.Fields.Select(Named))}>",
        DictionaryType t => $"dictionary<{Of(t.Index)},{Of(t.Value)}>",
        _ => type.GetType().Name,
    };

    public static string Of(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => "s",
        TimeUnit.Millisecond => "ms",
        TimeUnit.Microsecond => "us",
        _ => "ns",
    };

    static readonly Dictionary<string, DataType> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text"] = DataType.Utf8, ["string"] = DataType.Utf8, ["utf8"] = DataType.Utf8, ["dictionary"] = DataType.Dictionary,
        ["binary"] = DataType.Binary,
        ["bool"] = DataType.Bool, ["date"] = DataType.Date,
        ["int8"] = DataType.Int8, ["int16"] = DataType.Int16, ["int32"] = DataType.Int32, ["int64"] = DataType.Int64,
        ["uint8"] = DataType.UInt8, ["uint16"] = DataType.UInt16, ["uint32"] = DataType.UInt32, ["uint64"] = DataType.UInt64,
        ["i8"] = DataType.Int8, ["i16"] = DataType.Int16, ["i32"] = DataType.Int32, ["i64"] = DataType.Int64,
        ["u8"] = DataType.UInt8, ["u16"] = DataType.UInt16, ["u32"] = DataType.UInt32, ["u64"] = DataType.UInt64,
        ["float"] = DataType.Float32, ["double"] = DataType.Float64, ["f32"] = DataType.Float32, ["f64"] = DataType.Float64,
    };

    /// <summary>The type of this name, or null: the names above and their everyday spellings, decimals, timestamps and lists of these.</summary>
    public static DataType? Parse(string name)
    {
        name = name.Trim();
        if (Words.TryGetValue(name, out var known)) return known;
        if (Inside(name, "list<", '>') is { } item) return Parse(item) is { } type ? DataType.ListOf(type) : null;
        if (Inside(name, "decimal(", ')')?.Split(',') is [var digits, var behind])
            return int.TryParse(digits, out var precision) && int.TryParse(behind, out var scale) && precision is >= 1 and <= 76 && scale >= 0
                && scale <= precision
                ? new DecimalType(precision, scale) : null;
        if (Inside(name, "timestamp(", ')')?.Split(',', 2, StringSplitOptions.TrimEntries) is [var word, .. var zone])
            return Enum.GetValues<TimeUnit>().Cast<TimeUnit?>().FirstOrDefault(unit => Of(unit!.Value) == word) is { } unit
                ? new TimestampType(unit, zone is [{ Length: > 0 } named] ? named : null) : null;
        return null;
    }

    static string? Inside(string name, string start, char end) =>
        name.StartsWith(start, StringComparison.OrdinalIgnoreCase) && name.EndsWith(end) ? name[start.Length..^1] : null;

    static string Named(Field f) => $"{f.Name}:{Of(f.Type)}";
}

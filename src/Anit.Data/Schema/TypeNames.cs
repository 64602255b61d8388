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

    static string Named(Field f) => $"{f.Name}:{Of(f.Type)}";
}

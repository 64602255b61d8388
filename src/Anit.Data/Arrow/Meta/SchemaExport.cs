namespace Anit.Data.Arrow.Meta;

/// <summary>A table's schema as Arrow spells it; every dictionary gets an id of its own, in depth-first order.</summary>
static class SchemaExport
{
    public static ArrowSchema Schema(Schema schema)
    {
        long ids = 0;
        return new ArrowSchema([.. schema.Fields.Select(field => Field(field, ref ids))]) { Metadata = schema.Metadata };
    }

    static ArrowField[] Fields(IEnumerable<Field> fields, ref long ids)
    {
        var list = new List<ArrowField>();
        foreach (var field in fields) list.Add(Field(field, ref ids));
        return [.. list];
    }

    static ArrowField Field(Field field, ref long ids)
    {
        var (type, dictionary) = (field.Type, (ArrowDictionary?)null);
        if (type is DictionaryType d)
        {
            dictionary = new(ids++, new ArrowType(ArrowKind.Int) { BitWidth = 32, Signed = true }, Ordered: false);
            type = d.Value;
            if (type is DictionaryType)
                throw new UnsupportedTypeException($"column '{field.Name}' is a dictionary of a dictionary, which Arrow does not have");
        }
        var children = type switch
        {
            ListType t => Fields([t.Item], ref ids),
            StructType t => Fields(t.Fields, ref ids),
            UnionType t => Fields(t.Fields, ref ids),
            MapType t => [Pairs(t, ref ids)],
            _ => [],
        };
        return new ArrowField(field.Name, field.Nullable, Type(field.Name, type), children) { Dictionary = dictionary, Metadata = field.Metadata };
    }

    static ArrowField Pairs(MapType map, ref long ids) =>
        new("entries", false, new ArrowType(ArrowKind.Struct), Fields([map.Key with { Nullable = false }, map.Value], ref ids))
        { Metadata = map.PairMetadata };

    static ArrowType Type(string name, DataType type) => type switch
    {
        NullType => new(ArrowKind.Null),
        BoolType => new(ArrowKind.Bool),
        IntType t => new(ArrowKind.Int) { BitWidth = t.Bits, Signed = t.Signed },
        FloatType t => new(ArrowKind.FloatingPoint) { Unit = (short)(t.Bits / 32) },
        Utf8Type => new(ArrowKind.Utf8),
        BinaryType => new(ArrowKind.Binary),
        FixedBinaryType t => new(ArrowKind.FixedSizeBinary) { Width = t.Width },
        DecimalType t =>
            new(ArrowKind.Decimal) { Precision = t.Precision, Scale = t.Scale, BitWidth = t.Precision <= DecimalType.MaxInt128Precision ? 128 : 256 },
        DateType => new(ArrowKind.Date) { Unit = 0 },
        TimeType t => new(ArrowKind.Time) { Unit = (short)t.Unit, BitWidth = t.Unit < TimeUnit.Microsecond ? 32 : 64 },
        TimestampType t => new(ArrowKind.Timestamp) { Unit = (short)t.Unit, Zone = t.Zone },
        DurationType t => new(ArrowKind.Duration) { Unit = (short)t.Unit },
        IntervalType t => new(ArrowKind.Interval) { Unit = (short)t.Kind },
        ListType => new(ArrowKind.List),
        StructType => new(ArrowKind.Struct),
        MapType => new(ArrowKind.Map),
        UnionType t => new(ArrowKind.Union) { Unit = t.Dense ? (short)1 : (short)0, TypeIds = [.. t.TypeIds] },
        _ => throw new UnsupportedTypeException($"column '{name}' of type {type} cannot be written as Arrow"),
    };
}

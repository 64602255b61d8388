namespace Anit.Data.Arrow.Meta;

/// <summary>Arrow fields as columns of a table: types by meaning, encodings (large, view, run-end) forgotten.</summary>
static class SchemaImport
{
    public static Schema Schema(ArrowSchema schema) => new(schema.Fields.Select(Field), schema.Metadata);

    public static Field Field(ArrowField field) =>
        new(field.Name, Type(field), field.Nullable) { Metadata = Metadata(field) };

    // A run-end encoded column becomes its values, so what is said of these is said of it; the run ends are gone, and what is said of them.
    static IReadOnlyDictionary<string, string> Metadata(ArrowField field)
    {
        if (field.Type.Kind != ArrowKind.RunEndEncoded) return field.Metadata;
        var all = new Dictionary<string, string>(Metadata(field.Children[1]), StringComparer.Ordinal);
        foreach (var (key, value) in field.Metadata) all[key] = value;
        return all;
    }

    public static DataType Type(ArrowField field)
    {
        var value = Value(field);
        return field.Dictionary is { } d ? new DictionaryType(new IntType(d.Index.BitWidth, d.Index.Signed), value) : value;
    }

    /// <summary>The type of the values behind a dictionary, or of the field itself.</summary>
    public static DataType Value(ArrowField field)
    {
        var type = field.Type;
        switch (type.Kind)
        {
            case ArrowKind.Null: return DataType.Null;
            case ArrowKind.Bool: return DataType.Bool;
            case ArrowKind.Int: return new IntType(type.BitWidth, type.Signed);
            case ArrowKind.FloatingPoint: return new FloatType(16 << type.Unit);
            case ArrowKind.Utf8 or ArrowKind.LargeUtf8 or ArrowKind.Utf8View: return DataType.Utf8;
            case ArrowKind.Binary or ArrowKind.LargeBinary or ArrowKind.BinaryView: return DataType.Binary;
            case ArrowKind.FixedSizeBinary: return new FixedBinaryType(type.Width);
            case ArrowKind.Decimal: return new DecimalType(type.Precision, type.Scale);
            case ArrowKind.Date: return DataType.Date;
            case ArrowKind.Time: return new TimeType((TimeUnit)type.Unit);
            case ArrowKind.Timestamp: return new TimestampType((TimeUnit)type.Unit, string.IsNullOrEmpty(type.Zone) ? null : type.Zone);
            case ArrowKind.Duration: return new DurationType((TimeUnit)type.Unit);
            case ArrowKind.Interval: return new IntervalType((IntervalKind)type.Unit);
            case ArrowKind.List or ArrowKind.LargeList or ArrowKind.ListView or ArrowKind.LargeListView or ArrowKind.FixedSizeList:
                return new ListType(Field(field.Children[0]));
            case ArrowKind.Struct: return new StructType([.. field.Children.Select(Field)]);
            case ArrowKind.Map:
                var pair = field.Children[0];
                if (pair.Type.Kind != ArrowKind.Struct || pair.Children.Count != 2 || pair.Dictionary is not null)
                    throw new DataFormatException($"Arrow schema: map '{field.Name}' does not hold structs of a key and a value");
                return new MapType(Field(pair.Children[0]), Field(pair.Children[1])) { PairMetadata = pair.Metadata };
            case ArrowKind.Union:
                return new UnionType([.. field.Children.Select(Field)], TypeIds(field), type.Unit == 1);
            case ArrowKind.RunEndEncoded:
                var ends = field.Children[0];
                if (ends.Type is not { Kind: ArrowKind.Int, Signed: true, BitWidth: 16 or 32 or 64 } || ends.Dictionary is not null)
                    throw new DataFormatException($"Arrow schema: run ends of '{field.Name}' are not signed integers of 16, 32 or 64 bits");
                return Type(field.Children[1]);
            default: throw new DataFormatException($"Arrow schema: field '{field.Name}' has the unknown type {type.Kind}");
        }
    }

    static int[] TypeIds(ArrowField field)
    {
        var ids = field.Type.TypeIds;
        if (ids.Length == 0) ids = [.. Enumerable.Range(0, field.Children.Count)];
        if (ids.Length != field.Children.Count || ids.Distinct().Count() != ids.Length || ids.Length > 128)
            throw new DataFormatException(
                $"Arrow schema: union '{field.Name}' has {field.Children.Count} alternatives and the type ids {string.Join(", ", ids)}");
        return ids;
    }
}

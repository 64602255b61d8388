using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Schemas;

/// <summary>The logical type of a leaf, by its annotations; annotations that do not fit the physical type are an error.</summary>
static class LeafTypes
{
    const int MostFixedBytes = 1 << 20;
    const int MostPrecision = 76;

    public static DataType Of(SchemaNode node)
    {
        var e = node.Element;
        if (e.Type is < PhysicalType.Boolean or > PhysicalType.FixedLenByteArray)
            throw Bad(node, $"the unknown physical type {(int)e.Type!}");
        if (e.Type == PhysicalType.FixedLenByteArray && e.TypeLength is < 1 or > MostFixedBytes)
            throw Bad(node, $"values of {e.TypeLength} bytes; 1 to {MostFixedBytes} were expected");
        return e.Logical != LogicalKind.None ? Logical(node, e) : Converted(node, e);
    }

    static DataType Logical(SchemaNode node, SchemaElement e)
    {
        switch (e.Logical)
        {
            case LogicalKind.String or LogicalKind.Json: return Require(node, DataType.Utf8, PhysicalType.ByteArray);
            case LogicalKind.Enum or LogicalKind.Bson: return Require(node, DataType.Binary, PhysicalType.ByteArray);
            case LogicalKind.Decimal: return Decimal(node, e);
            case LogicalKind.Date: return Require(node, DataType.Date, PhysicalType.Int32);
            case LogicalKind.Time when e.Unit == TimeUnit.Millisecond: return Require(node, new TimeType(e.Unit), PhysicalType.Int32);
            case LogicalKind.Time: return Require(node, new TimeType(Known(node, e.Unit)), PhysicalType.Int64);
            case LogicalKind.Timestamp:
                return Require(node, new TimestampType(Known(node, e.Unit), e.Instant ? "UTC" : null), PhysicalType.Int64);
            case LogicalKind.Integer:
                if (e.Bits is not (8 or 16 or 32 or 64)) throw Bad(node, $"integers of {e.Bits} bits");
                return Require(node, new IntType(e.Bits, e.Signed), e.Bits == 64 ? PhysicalType.Int64 : PhysicalType.Int32);
            case LogicalKind.Uuid: return RequireFixed(node, Plain(e), 16);
            case LogicalKind.Float16: return RequireFixed(node, DataType.Float16, 2);
            case LogicalKind.Unknown: return DataType.Null;
            case LogicalKind.List or LogicalKind.Map: throw Bad(node, $"the annotation {e.Logical}, which only groups can have");
            default: return Plain(e); // Variant, Geometry and what comes later: the stored values
        }
    }

    static DataType Converted(SchemaNode node, SchemaElement e)
    {
        switch (e.Converted)
        {
            case ConvertedType.Utf8 or ConvertedType.Json: return Require(node, DataType.Utf8, PhysicalType.ByteArray);
            case ConvertedType.Enum or ConvertedType.Bson: return Require(node, DataType.Binary, PhysicalType.ByteArray);
            case ConvertedType.Decimal: return Decimal(node, e);
            case ConvertedType.Date: return Require(node, DataType.Date, PhysicalType.Int32);
            case ConvertedType.TimeMillis: return Require(node, new TimeType(TimeUnit.Millisecond), PhysicalType.Int32);
            case ConvertedType.TimeMicros: return Require(node, new TimeType(TimeUnit.Microsecond), PhysicalType.Int64);
            case ConvertedType.TimestampMillis: return Require(node, new TimestampType(TimeUnit.Millisecond, "UTC"), PhysicalType.Int64);
            case ConvertedType.TimestampMicros: return Require(node, new TimestampType(TimeUnit.Microsecond, "UTC"), PhysicalType.Int64);
            case ConvertedType.UInt8: return Require(node, DataType.UInt8, PhysicalType.Int32);
            case ConvertedType.UInt16: return Require(node, DataType.UInt16, PhysicalType.Int32);
            case ConvertedType.UInt32: return Require(node, DataType.UInt32, PhysicalType.Int32);
            case ConvertedType.UInt64: return Require(node, DataType.UInt64, PhysicalType.Int64);
            case ConvertedType.Int8: return Require(node, DataType.Int8, PhysicalType.Int32);
            case ConvertedType.Int16: return Require(node, DataType.Int16, PhysicalType.Int32);
            case ConvertedType.Int32: return Require(node, DataType.Int32, PhysicalType.Int32);
            case ConvertedType.Int64: return Require(node, DataType.Int64, PhysicalType.Int64);
            case ConvertedType.Interval: return RequireFixed(node, new IntervalType(IntervalKind.MonthDayNano), 12);
            case ConvertedType.List or ConvertedType.Map or ConvertedType.MapKeyValue: throw Bad(node, $"the annotation {e.Converted}, which only "
                + "groups can have");
            default: return Plain(e); // none, or one that parquet.thrift does not know
        }
    }

    static DataType Plain(SchemaElement e) => e.Type switch
    {
        PhysicalType.Boolean => DataType.Bool,
        PhysicalType.Int32 => DataType.Int32,
        PhysicalType.Int64 => DataType.Int64,
        PhysicalType.Int96 => new TimestampType(TimeUnit.Nanosecond),
        PhysicalType.Float => DataType.Float32,
        PhysicalType.Double => DataType.Float64,
        PhysicalType.ByteArray => DataType.Binary,
        _ => new FixedBinaryType(e.TypeLength),
    };

    static DecimalType Decimal(SchemaNode node, SchemaElement e)
    {
        var most = e.Type switch
        {
            PhysicalType.Int32 => 9,
            PhysicalType.Int64 => 18,
            PhysicalType.FixedLenByteArray => (int)Math.Min(MostPrecision, Math.Floor(Math.Log10(2) * (8.0 * e.TypeLength - 1))),
            PhysicalType.ByteArray => MostPrecision,
            _ => throw Bad(node, $"the annotation Decimal on {e.Type}"),
        };
        if (e.Precision < 1 || e.Precision > most) throw Bad(node, $"decimals of {e.Precision} digits; 1 to {most} fit {e.Type}");
        if (e.Scale < 0 || e.Scale > e.Precision) throw Bad(node, $"decimals with {e.Scale} of {e.Precision} digits behind the point");
        return new(e.Precision, e.Scale);
    }

    static TimeUnit Known(SchemaNode node, TimeUnit unit) => unit != TimeUnit.Second ? unit : throw Bad(node, "a time without its unit");

    static DataType Require(SchemaNode node, DataType type, PhysicalType physical) => node.Element.Type == physical ? type
        : throw Bad(node, $"the annotation {type} on {node.Element.Type}; {physical} was expected");

    static DataType RequireFixed(SchemaNode node, DataType type, int bytes) =>
        node.Element is { Type: PhysicalType.FixedLenByteArray } e && e.TypeLength == bytes ? type
        : throw Bad(node, $"the annotation {type} on {node.Element.Type}({node.Element.TypeLength}); {bytes} fixed bytes were expected");

    static DataFormatException Bad(SchemaNode node, string what) =>
        new DataFormatException($"the schema declares {what}").At(column: string.Join('.', node.Path));
}

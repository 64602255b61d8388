using Anit.Data.Arrow.FlatBuffers;

namespace Anit.Data.Arrow.Meta;

/// <summary>Reads Schema.fbs: fields, types, dictionaries and metadata, each value checked.</summary>
static class SchemaReading
{
    const int MostFields = 65_536;

    public static ArrowSchema Read(FlatTable table)
    {
        var endianness = table.Int16(0);
        if (endianness is not (0 or 1)) throw new DataFormatException($"Arrow schema: endianness {endianness}; known are 0 (little) and 1 (big)");
        var features = table.Structs(3, 8, out var count);
        for (var i = 0; i < count; i++)
        {
            var feature = BitConverter.ToInt64(features[(8 * i)..]);
            if (feature is < 0 or > 2) throw new DataFormatException($"Arrow schema: asks for feature {feature}, which this version does not know");
        }
        var left = MostFields;
        return new ArrowSchema(Fields(table, 1, ref left)) { Metadata = KeyValues(table, 2), BigEndian = endianness == 1 };
    }

    public static IReadOnlyDictionary<string, string> KeyValues(FlatTable table, int slot)
    {
        var pairs = new Dictionary<string, string>();
        var list = table.Tables(slot);
        for (var i = 0; i < list.Count; i++) pairs[list[i].Text(0) ?? ""] = list[i].Text(1)!; // a key may have no value
        return pairs;
    }

    static ArrowField[] Fields(FlatTable table, int slot, ref int left)
    {
        var list = table.Tables(slot);
        if (list.Count > left) throw new LimitExceededException($"Arrow schema: more than {MostFields} fields");
        left -= list.Count;
        var fields = new ArrowField[list.Count];
        for (var i = 0; i < fields.Length; i++) fields[i] = OneField(list[i], ref left);
        return fields;
    }

    static ArrowField OneField(FlatTable table, ref int left)
    {
        var name = table.Text(0) ?? "";
        var kind = (ArrowKind)table.Byte(2);
        if (!table.TryTable(3, out var type) || kind == ArrowKind.None) throw new DataFormatException($"Arrow schema: field '{name}' has no type");
        var read = Type(name, kind, type);
        var children = Fields(table, 5, ref left);
        if (Expected(kind) is { } expected && children.Length != expected)
            throw new DataFormatException($"Arrow schema: field '{name}' of type {kind} has {children.Length} children instead of {expected}");
        return new ArrowField(name, table.Bool(1), read, children) { Dictionary = Dictionary(name, table), Metadata = KeyValues(table, 6) };
    }

    /// <summary>How many children a type has; null where any number will do.</summary>
    public static int? Expected(ArrowKind kind) => kind switch
    {
        ArrowKind.List or ArrowKind.LargeList or ArrowKind.ListView or ArrowKind.LargeListView or ArrowKind.FixedSizeList or ArrowKind.Map => 1,
        ArrowKind.RunEndEncoded => 2,
        ArrowKind.Struct or ArrowKind.Union => null,
        _ => 0,
    };

    static ArrowDictionary? Dictionary(string name, FlatTable field)
    {
        if (!field.TryTable(4, out var table)) return null;
        if (table.Int16(3) != 0) throw new DataFormatException($"Arrow schema: field '{name}' has a dictionary of an unknown kind");
        // An absent index type means signed 32 bits.
        var index = table.TryTable(1, out var type) ? Type(name, ArrowKind.Int, type) : new ArrowType(ArrowKind.Int) { BitWidth = 32, Signed = true };
        return new ArrowDictionary(table.Int64(0), index, table.Bool(2));
    }

    static ArrowType Type(string name, ArrowKind kind, FlatTable t)
    {
        var type = new ArrowType(kind);
        switch (kind)
        {
            case ArrowKind.Int:
                type = type with { BitWidth = t.Int32(0), Signed = t.Bool(1) };
                Check(type.BitWidth is 8 or 16 or 32 or 64, "an int of", type.BitWidth, "bits");
                break;
            case ArrowKind.FloatingPoint:
                type = type with { Unit = t.Int16(0) };
                Check(type.Unit is >= 0 and <= 2, "float precision", type.Unit);
                break;
            case ArrowKind.Decimal:
                type = type with { Precision = t.Int32(0), Scale = t.Int32(1), BitWidth = t.Int32(2, 128) };
                Check(type.BitWidth is 32 or 64 or 128 or 256, "a decimal of", type.BitWidth, "bits");
                var most = type.BitWidth switch { 32 => 9, 64 => 18, 128 => 38, _ => 76 };
                Check(type.Precision >= 1 && type.Precision <= most, "decimal precision", type.Precision);
                Check(Math.Abs((long)type.Scale) <= 1000, "decimal scale", type.Scale);
                break;
            case ArrowKind.Date:
                type = type with { Unit = t.Int16(0, 1) };
                Check(type.Unit is 0 or 1, "date unit", type.Unit);
                break;
            case ArrowKind.Time:
                type = type with { Unit = t.Int16(0, 1), BitWidth = t.Int32(1, 32) };
                Check(type.Unit is >= 0 and <= 3, "time unit", type.Unit);
                Check(type.BitWidth == (type.Unit < 2 ? 32 : 64), "a time of", type.BitWidth, "bits");
                break;
            case ArrowKind.Timestamp:
                type = type with { Unit = t.Int16(0), Zone = t.Text(1) };
                Check(type.Unit is >= 0 and <= 3, "timestamp unit", type.Unit);
                break;
            case ArrowKind.Duration:
                type = type with { Unit = t.Int16(0, 1) };
                Check(type.Unit is >= 0 and <= 3, "duration unit", type.Unit);
                break;
            case ArrowKind.Interval:
                type = type with { Unit = t.Int16(0) };
                Check(type.Unit is >= 0 and <= 2, "interval unit", type.Unit);
                break;
            case ArrowKind.Union:
                var ids = t.Structs(1, 4, out var count);
                var numbers = new int[count];
                for (var i = 0; i < count; i++)
                {
                    numbers[i] = BitConverter.ToInt32(ids[(4 * i)..]);
                    Check(numbers[i] is >= 0 and <= 127, "union type id", numbers[i]);
                }
                type = type with { Unit = t.Int16(0), TypeIds = numbers };
                Check(type.Unit is 0 or 1, "union mode", type.Unit);
                break;
            case ArrowKind.FixedSizeBinary or ArrowKind.FixedSizeList:
                type = type with { Width = t.Int32(0) };
                Check(type.Width is >= 0 and <= 1 << 20, "width", type.Width);
                break;
            case ArrowKind.Map:
                type = type with { KeysSorted = t.Bool(0) };
                break;
            case > ArrowKind.LargeListView:
                throw new DataFormatException($"Arrow schema: field '{name}' has type number {(int)kind}, which this version does not know");
        }
        return type;

        void Check(bool good, string what, int value, string unit = "")
        {
            if (!good)
                throw new DataFormatException($"Arrow schema: field '{name}' has {what} {value} {unit}".TrimEnd()
                    + ", which the format does not have");
        }
    }
}

using System.Runtime.InteropServices;
using Anit.Data.Arrow.FlatBuffers;

namespace Anit.Data.Arrow.Meta;

/// <summary>Writes Schema.fbs, the mirror of <see cref="SchemaReading"/>.</summary>
static class SchemaWriting
{
    public static int Write(FlatBuilder to, ArrowSchema schema)
    {
        var fields = to.Offsets([.. schema.Fields.Select(field => Field(to, field))]);
        var metadata = KeyValues(to, schema.Metadata);
        to.Begin(4);
        to.Int16(0, schema.BigEndian ? (short)1 : (short)0);
        to.Offset(1, fields);
        to.Offset(2, metadata);
        return to.End();
    }

    /// <summary>Pairs in ordinal order of their keys, so that equal metadata gives equal bytes.</summary>
    public static int KeyValues(FlatBuilder to, IReadOnlyDictionary<string, string> pairs)
    {
        if (pairs.Count == 0) return 0;
        var places = new List<int>(pairs.Count);
        foreach (var (key, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var keyAt = to.Text(key);
            var valueAt = value is null ? 0 : to.Text(value); // Parquet has keys without a value
            to.Begin(2);
            to.Offset(0, keyAt);
            to.Offset(1, valueAt);
            places.Add(to.End());
        }
        return to.Offsets(places);
    }

    static int Field(FlatBuilder to, ArrowField field)
    {
        var children = to.Offsets([.. field.Children.Select(child => Field(to, child))]); // other readers want the vector even when empty
        var name = to.Text(field.Name);
        var metadata = KeyValues(to, field.Metadata);
        var dictionary = 0;
        if (field.Dictionary is { } d)
        {
            var index = Type(to, d.Index);
            to.Begin(4);
            to.Int64(0, d.Id);
            to.Offset(1, index);
            to.Bool(2, d.Ordered);
            dictionary = to.End();
        }
        var type = Type(to, field.Type);
        to.Begin(7);
        to.Offset(0, name);
        to.Bool(1, field.Nullable);
        to.Byte(2, (byte)field.Type.Kind);
        to.Offset(3, type);
        to.Offset(4, dictionary);
        to.Offset(5, children);
        to.Offset(6, metadata);
        return to.End();
    }

    static int Type(FlatBuilder to, ArrowType type)
    {
        var zone = type.Zone is null ? 0 : to.Text(type.Zone);
        var ids = type.TypeIds.Length == 0 ? 0 : to.Structs(MemoryMarshal.AsBytes(type.TypeIds.AsSpan()), type.TypeIds.Length, 4);
        to.Begin(3);
        switch (type.Kind)
        {
            case ArrowKind.Int:
                to.Int32(0, type.BitWidth);
                to.Bool(1, type.Signed);
                break;
            case ArrowKind.FloatingPoint or ArrowKind.Interval:
                to.Int16(0, type.Unit);
                break;
            case ArrowKind.Decimal:
                to.Int32(0, type.Precision);
                to.Int32(1, type.Scale);
                to.Int32(2, type.BitWidth, 128);
                break;
            case ArrowKind.Date or ArrowKind.Duration:
                to.Int16(0, type.Unit, 1);
                break;
            case ArrowKind.Time:
                to.Int16(0, type.Unit, 1);
                to.Int32(1, type.BitWidth, 32);
                break;
            case ArrowKind.Timestamp:
                to.Int16(0, type.Unit);
                to.Offset(1, zone);
                break;
            case ArrowKind.Union:
                to.Int16(0, type.Unit);
                to.Offset(1, ids);
                break;
            case ArrowKind.FixedSizeBinary or ArrowKind.FixedSizeList:
                to.Int32(0, type.Width);
                break;
            case ArrowKind.Map:
                to.Bool(0, type.KeysSorted);
                break;
        }
        return to.End();
    }
}

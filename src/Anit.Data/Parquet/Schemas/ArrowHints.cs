using System.Buffers.Binary;
using Anit.Data.Arrow.Meta;
using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Schemas;

/// <summary>The Arrow schema that Arrow-based writers keep in the footer: it tells types that Parquet cannot, such as durations.</summary>
static class ArrowHints
{
    public const string Key = "ARROW:schema";

    /// <summary>The schema in a footer's value; null where it is absent or not to be understood, since it only hints.</summary>
    public static Schema? Read(string? base64)
    {
        if (base64 is null) return null;
        try
        {
            var bytes = Convert.FromBase64String(base64).AsSpan();
            if (bytes.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == uint.MaxValue) bytes = bytes[8..];
            else if (bytes.Length >= 4) bytes = bytes[4..];
            return SchemaImport.Schema(new ArrowMessage(bytes).Schema());
        }
        catch (Exception e) when (e is FormatException or DataFormatException)
        {
            return null;
        }
    }

    /// <summary>The schema with all its metadata as a footer's value: a message with its length, in base64. Arrow's own readers look for metadata
    /// nowhere else.</summary>
    public static string Write(Schema schema)
    {
        var message = MessageWriting.Schema(SchemaExport.Schema(schema));
        var padded = (message.Length + 7) & ~7;
        var bytes = new byte[8 + padded];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, uint.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), padded);
        message.CopyTo(bytes, 8);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The shapes with the hinted types and metadata, each by the hint in its place, or else by its name.</summary>
    public static Shape[] Refine(List<Shape> shapes, Schema hints) =>
    [
        .. shapes.Select((shape, i) => i < hints.Fields.Count && hints.Fields[i].Name == shape.Field.Name ? Refine(shape, hints.Fields[i])
            : hints.IndexOf(shape.Field.Name) is >= 0 and var at ? Refine(shape, hints.Fields[at]) : shape),
    ];

    /// <summary>The footer's own metadata, and what only the hints have.</summary>
    public static Dictionary<string, string> Metadata(FileMeta meta, Schema? hints)
    {
        var all = new Dictionary<string, string>(meta.KeyValues, StringComparer.Ordinal);
        foreach (var (key, value) in hints?.Metadata ?? new Dictionary<string, string>()) all.TryAdd(key, value);
        all.Remove(Key);
        return all;
    }

    static Shape Refine(Shape shape, Field hint)
    {
        var refined = Refine(shape, hint.Type);
        var metadata = new Dictionary<string, string>(refined.Field.Metadata, StringComparer.Ordinal);
        foreach (var (key, value) in hint.Metadata) metadata[key] = value;
        return refined with { Field = refined.Field with { Metadata = metadata } };
    }

    static Shape Refine(Shape shape, DataType hint)
    {
        switch (shape, hint)
        {
            case (LeafShape leaf, _):
                return leaf with { Field = leaf.Field with { Type = Leaf(leaf.Field.Type, hint) } };
            case (ListShape list, ListType t):
                var item = Refine(list.Item, t.Item);
                return list with { Item = item, Field = list.Field with { Type = new ListType(item.Field) } };
            case (StructShape s, StructType t) when s.Children.Count == t.Fields.Count:
                var children = s.Children.Zip(t.Fields, Refine).ToArray();
                return s with { Children = children, Field = s.Field with { Type = new StructType([.. children.Select(c => c.Field)]) } };
            case (MapShape { Value: not null } map, MapType t):
                var (key, value) = (Refine(map.Key, t.Key), Refine(map.Value, t.Value));
                var type = new MapType(key.Field, value.Field) { PairMetadata = t.PairMetadata };
                return map with { Key = key, Value = value, Field = map.Field with { Type = type } };
            default: return shape;
        }
    }

    static DataType Leaf(DataType stored, DataType hint) => (stored, hint) switch
    {
        (TimestampType s, TimestampType { Zone: not null } h) when s.Zone is not null || s.Unit == TimeUnit.Nanosecond => s with { Zone = h.Zone },
        (IntType { Bits: 64, Signed: true }, DurationType h) => h,
        _ => stored,
    };
}

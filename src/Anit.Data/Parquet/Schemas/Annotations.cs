using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Schemas;

/// <summary>What a Parquet schema says of a node beyond its type, kept in the field's metadata so that it survives other formats.</summary>
/// <remarks>UUID and JSON are Arrow's canonical extension types of those names; field ids have the key that Arrow's own Parquet
/// readers give them. Enumerations and BSON, which Arrow does not have, get a key of ours.</remarks>
static class Annotations
{
    const string ExtensionName = "ARROW:extension:name", ExtensionMetadata = "ARROW:extension:metadata";
    const string FieldId = "PARQUET:field_id", Kind = "anit.parquet.kind";
    const string Uuid = "arrow.uuid", Json = "arrow.json", Enumeration = "enum", Bson = "bson";

    /// <summary>The field's metadata for a node.</summary>
    public static IReadOnlyDictionary<string, string> Of(SchemaElement element)
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        if (element.FieldId is { } id) kept[FieldId] = FormattableString.Invariant($"{id}");
        switch (element.Logical, element.Converted)
        {
            case (LogicalKind.Uuid, _):
                kept[ExtensionName] = Uuid; // whose metadata must be absent, while JSON's must be there
                break;
            case (LogicalKind.Json, _) or (LogicalKind.None, ConvertedType.Json):
                (kept[ExtensionName], kept[ExtensionMetadata]) = (Json, "");
                break;
            case (LogicalKind.Enum, _) or (LogicalKind.None, ConvertedType.Enum):
                kept[Kind] = Enumeration;
                break;
            case (LogicalKind.Bson, _) or (LogicalKind.None, ConvertedType.Bson):
                kept[Kind] = Bson;
                break;
        }
        return kept;
    }

    /// <summary>Gives a node back what its field's metadata kept, as far as it fits what is stored.</summary>
    public static void Apply(SchemaElement element, IReadOnlyDictionary<string, string> metadata)
    {
        if (int.TryParse(metadata.GetValueOrDefault(FieldId), System.Globalization.CultureInfo.InvariantCulture, out var id)) element.FieldId = id;
        switch (element, metadata.GetValueOrDefault(ExtensionName) ?? metadata.GetValueOrDefault(Kind))
        {
            case ({ Type: PhysicalType.FixedLenByteArray, TypeLength: 16, Logical: LogicalKind.None, Converted: ConvertedType.None }, Uuid):
                element.Logical = LogicalKind.Uuid;
                break;
            case ({ Type: PhysicalType.ByteArray, Logical: LogicalKind.String }, Json):
                (element.Logical, element.Converted) = (LogicalKind.Json, ConvertedType.Json);
                break;
            case ({ Type: PhysicalType.ByteArray, Logical: LogicalKind.None }, Enumeration):
                (element.Logical, element.Converted) = (LogicalKind.Enum, ConvertedType.Enum);
                break;
            case ({ Type: PhysicalType.ByteArray, Logical: LogicalKind.None }, Bson):
                (element.Logical, element.Converted) = (LogicalKind.Bson, ConvertedType.Bson);
                break;
        }
    }
}

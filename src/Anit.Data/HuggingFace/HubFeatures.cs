using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Data.HuggingFace;

/// <summary>Columns as Hugging Face's <c>datasets</c> describes them: <c>{"dtype": "int64", "_type": "Value"}</c>.</summary>
/// <remarks>Files carry them under the metadata key <c>huggingface</c>: {"info": {"features": {column: feature}}}. The feature types are those of
/// datasets' features.py.</remarks>
static class HubFeatures
{
    public const string Key = "huggingface";

    const string Pandas = "pandas";

    /// <summary>A schema whose columns were chosen or changed: its description of features follows.</summary>
    /// <param name="schema">The new columns with the old metadata.</param>
    /// <param name="known">The feature of a column, where it was described before; else its type tells.</param>
    public static Schema Edited(Schema schema, Func<Field, JsonNode?> known)
    {
        var metadata = schema.Metadata.Where(pair => pair.Key != Pandas).ToDictionary(StringComparer.Ordinal);
        if (Features(schema) is not null)
        {
            var all = JsonNode.Parse(metadata[Key])!.AsObject();
            all["info"]!.AsObject()["features"] = new JsonObject([.. schema.Fields.DistinctBy(f => f.Name)
                .Select(field => KeyValuePair.Create(field.Name, (JsonNode?)(known(field) ?? Of(field.Type)).DeepClone()))]);
            metadata[Key] = all.ToJsonString();
        }
        return new(schema.Fields, metadata);
    }

    /// <summary>The described features of a table; null where there is no description.</summary>
    public static JsonObject? Features(Schema schema)
    {
        if (schema.Metadata.GetValueOrDefault(Key) is not { } text) return null;
        try
        {
            return JsonNode.Parse(text) is JsonObject all && all["info"] is JsonObject info ? info["features"] as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The feature of a type.</summary>
    public static JsonNode Of(DataType type) => type switch
    {
        ListType t => new JsonObject { ["feature"] = Of(t.Item.Type), ["_type"] = "List" },
        StructType t => new JsonObject([.. t.Fields.DistinctBy(f => f.Name).Select(f => KeyValuePair.Create(f.Name, (JsonNode?)Of(f.Type)))]),
        DictionaryType t => Of(t.Value),
        _ => new JsonObject { ["dtype"] = Word(type), ["_type"] = "Value" },
    };

    static string Word(DataType type) => type switch
    {
        NullType => "null",
        BoolType => "bool",
        IntType t => $"{(t.Signed ? "" : "u")}int{t.Bits}",
        FloatType t => $"float{t.Bits}",
        BinaryType or FixedBinaryType => "binary",
        DateType => "date32",
        TimeType t => t.Unit <= TimeUnit.Millisecond ? $"time32[{TypeNames.Of(t.Unit)}]" : $"time64[{TypeNames.Of(t.Unit)}]",
        TimestampType t => t.Zone is null ? $"timestamp[{TypeNames.Of(t.Unit)}]" : $"timestamp[{TypeNames.Of(t.Unit)}, tz={t.Zone}]",
        DurationType t => $"duration[{TypeNames.Of(t.Unit)}]",
        DecimalType t => $"decimal{(t.Precision <= DecimalType.MaxInt128Precision ? 128 : 256)}({t.Precision}, {t.Scale})",
        _ => "string",
    };
}

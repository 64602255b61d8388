using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Data;

/// <summary>Names of the label ids that Hugging Face datasets keep as integers, from the metadata key <c>huggingface</c>.</summary>
/// <example><code>
/// var labels = ClassLabels.Read(reader.Schema);            // ner_tags: O, B-PER, I-PER ...
/// Column names = labels.Named("ner_tags", batch["ner_tags"]); // list&lt;i64&gt; becomes list&lt;utf8&gt;
/// </code></example>
/// <remarks>The <c>datasets</c> library writes {"info": {"features": {column: feature}}}, where a feature of type ClassLabel has
/// "names", and a list of them is {"feature": ...} (Sequence, List) or a JSON array of one feature.</remarks>
public sealed class ClassLabels
{
    const string Key = "huggingface";

    readonly Dictionary<string, string[]> names = new(StringComparer.Ordinal);

    ClassLabels()
    {
    }

    /// <summary>The columns that hold label ids.</summary>
    public IReadOnlyCollection<string> Columns => names.Keys;

    /// <summary>The label names of a table's columns; none when the key is absent.</summary>
    public static ClassLabels Read(Schema schema)
    {
        var labels = new ClassLabels();
        if (schema.Metadata.GetValueOrDefault(Key) is not { } text) return labels;
        try
        {
            if (JsonNode.Parse(text)?["info"]?["features"] is not JsonObject features) return labels;
            foreach (var (column, feature) in features)
                if (NamesOf(feature) is { } found) labels.names[column] = found;
            return labels;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new DataFormatException($"the metadata key {Key} is not what the datasets library writes: {fault.Message}", fault);
        }
    }

    /// <summary>The names of a column's labels by id, or null when it holds no labels.</summary>
    public IReadOnlyList<string>? Of(string column) => names.GetValueOrDefault(column);

    /// <summary>A column of ids, or of lists of ids, as text; -1 (no label) and null become null. Other columns come back as they are.</summary>
    public Column Named(string name, Column column)
    {
        if (!names.TryGetValue(name, out var known)) return column;
        if (column is not ListColumn list) return Texts(name, known, column);
        var items = Texts(name, known, list.Items);
        return new ListColumn(new ListType(((ListType)list.Type).Item with { Type = DataType.Utf8, Nullable = true }), list.Length, list.OffsetBytes,
            items, list.Validity, list.NullCount);
    }

    /// <summary>A batch with all label columns as text.</summary>
    public ColumnBatch Named(ColumnBatch batch)
    {
        foreach (var name in names.Keys)
        {
            if (batch.Find(name) is not { } column) continue;
            var named = Named(name, column);
            batch = batch.With(batch.Schema[name] with { Type = named.Type }, named);
        }
        return batch;
    }

    static Utf8Column Texts(string column, string[] known, Column ids)
    {
        var texts = new Utf8Builder();
        for (var i = 0; i < ids.Length; i++)
        {
            var id = ids.Integer(i);
            if (id is null or -1) texts.AppendNull();
            else if (id >= 0 && id < known.Length) texts.Append(known[id.Value]);
            else throw new DataFormatException($"label {id}, but the column has the {known.Length} labels {string.Join(", ", known)}")
                .At(column: column);
        }
        return (Utf8Column)texts.Build();
    }

    static string[]? NamesOf(JsonNode? feature) => feature switch
    {
        JsonArray { Count: 1 } list => NamesOf(list[0]),
        JsonObject map when map["feature"] is { } item => NamesOf(item),
        JsonObject map when map["names"] is JsonArray labels => [.. labels.Select(label => label!.GetValue<string>())],
        _ => null,
    };
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Anit.Data.HuggingFace;

/// <summary>One split of a dataset as its card tells it.</summary>
/// <param name="Name">train, test or another word.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="RawBytes">Its bytes before compression.</param>
/// <param name="FileBytes">Its bytes on disk.</param>
sealed record HubSplit(string Name, long Rows, long RawBytes, long FileBytes);

/// <summary>A dataset's README.md: its head as Hugging Face's <c>datasets</c> writes and reads it, and a table of the columns for people.</summary>
/// <remarks>The head is what features.py's _to_yaml_list makes of features: <c>dtype: string</c>, <c>dtype: class_label: names</c>, <c>list:</c>,
/// <c>struct:</c>.</remarks>
static partial class HubCard
{
    public static string Write(string title, string? license, Schema schema, JsonObject features, IReadOnlyList<HubSplit> splits)
    {
        var text = new StringBuilder("---\n");
        if (license is not null) text.Append($"license: {Scalar(license)}\n");
        text.Append("dataset_info:\n  features:\n");
        foreach (var (name, feature) in features) Named(text, name, feature!, 2);
        text.Append("  splits:\n");
        foreach (var split in splits)
            text.Append(CultureInfo.InvariantCulture, $"  - name: {split.Name}\n    num_bytes: {split.RawBytes}\n    num_examples: {split.Rows}\n");
        var (onDisk, raw) = (splits.Sum(s => s.FileBytes), splits.Sum(s => s.RawBytes));
        text.Append(CultureInfo.InvariantCulture, $"  download_size: {onDisk}\n  dataset_size: {raw}\n");
        text.Append("configs:\n- config_name: default\n  data_files:\n");
        foreach (var split in splits) text.Append($"  - split: {split.Name}\n    path: data/{split.Name}-*\n");
        text.Append($"---\n\n# {title}\n\n| split | rows |\n|---|---|\n");
        foreach (var split in splits) text.Append(CultureInfo.InvariantCulture, $"| {split.Name} | {split.Rows:N0} |\n");
        text.Append("\n| column | type | values |\n|---|---|---|\n");
        foreach (var field in schema.Fields)
            text.Append($"| {Cell(field.Name)} | {field.Type} | {Cell(Labels(features[field.Name]))} |\n");
        text.Append("\n```python\nfrom datasets import load_dataset\n\nload_dataset(\"path/to/this/folder\")\n```\n");
        return text.ToString();
    }

    static void Named(StringBuilder text, string name, JsonNode feature, int indent)
    {
        text.Append(' ', indent).Append($"- name: {Scalar(name)}\n");
        Feature(text, feature, indent + 2);
    }

    // The keys of one feature, each on a line of its own at this indent.
    static void Feature(StringBuilder text, JsonNode feature, int indent)
    {
        var margin = new string(' ', indent);
        switch (Kind(feature))
        {
            case "Value": text.Append($"{margin}dtype: {Scalar($"{feature["dtype"]}")}\n"); break;
            case "ClassLabel":
                text.Append($"{margin}dtype:\n");
                ClassLabel(text, feature, indent + 2);
                break;
            case "List":
                var (item, word) = (Item(feature), $"{feature["_type"]}" == "LargeList" ? "large_list" : "list");
                switch (Kind(item))
                {
                    case "Value": text.Append($"{margin}{word}: {Scalar($"{item["dtype"]}")}\n"); break;
                    case "Struct":
                        text.Append($"{margin}{word}:\n");
                        foreach (var (name, member) in item.AsObject()) Named(text, name, member!, indent);
                        break;
                    case "ClassLabel":
                        text.Append($"{margin}{word}:\n");
                        ClassLabel(text, item, indent + 2);
                        break;
                    default:
                        text.Append($"{margin}{word}:\n");
                        Feature(text, item, indent + 2);
                        break;
                }
                break;
            case "Struct":
                text.Append($"{margin}struct:\n");
                foreach (var (name, member) in feature.AsObject()) Named(text, name, member!, indent);
                break;
            case var other: text.Append($"{margin}dtype: {Snake(other)}\n"); break; // Image, Audio
        }
    }

    static void ClassLabel(StringBuilder text, JsonNode feature, int indent)
    {
        var margin = new string(' ', indent);
        text.Append($"{margin}class_label:\n{margin}  names:\n");
        foreach (var (i, name) in (feature["names"] as JsonArray ?? []).Index()) text.Append($"{margin}    '{i}': {Scalar($"{name}")}\n");
    }

    static string Kind(JsonNode feature) => feature switch
    {
        JsonArray => "List",
        JsonObject o when o["_type"] is not JsonValue => "Struct", // a member may be called _type
        JsonObject o => $"{o["_type"]}" is "Sequence" or "List" or "LargeList" ? "List" : $"{o["_type"]}",
        _ => "Value",
    };

    static JsonNode Item(JsonNode list) => list is JsonArray { Count: > 0 } array ? array[0]! : list["feature"]!;

    static string Labels(JsonNode? feature) => feature switch
    {
        null => "",
        _ when Kind(feature) == "ClassLabel" => string.Join(", ", (feature["names"] as JsonArray ?? []).Select((name, i) => $"{i} {name}")),
        _ when Kind(feature) == "List" && Kind(Item(feature)) == "ClassLabel" => Labels(Item(feature)),
        _ => "",
    };

    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    static string Snake(string name) => Words().Replace(name, "_$0").ToLowerInvariant();

    // Plain where YAML reads it as the same text, else as JSON, which YAML reads, too.
    static string Scalar(string text) => PlainText().IsMatch(text) && !Reserved().IsMatch(text) ? text
        : JsonValue.Create(text).ToJsonString();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_/.-]*(\\[[A-Za-z0-9_=, /+-]*\\]|\\([0-9, ]*\\))?$")]
    private static partial Regex PlainText();

    [GeneratedRegex("^(null|true|false|yes|no|on|off|y|n|inf|nan)$", RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex Words();
}

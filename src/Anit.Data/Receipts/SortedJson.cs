using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Data.Receipts;

/// <summary>One spelling for equal JSON: keys in ordinal order, no spaces, letters unescaped.</summary>
public static class SortedJson
{
    static readonly JsonWriterOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The canonical text of a value; equal values give equal text.</summary>
    public static string Write(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, plain)) Write(writer, node);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    static void Write(Utf8JsonWriter to, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                to.WriteStartObject();
                foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    to.WritePropertyName(key);
                    Write(to, value);
                }
                to.WriteEndObject();
                break;
            case JsonArray list:
                to.WriteStartArray();
                foreach (var item in list) Write(to, item);
                to.WriteEndArray();
                break;
            case null:
                to.WriteNullValue();
                break;
            default:
                node.WriteTo(to);
                break;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Data.Receipts;

/// <summary>The digests of a file's columns, of which the digest of its rows is made; they stand beside its seal.</summary>
/// <remarks>A Parquet file with receipts has them under <see cref="Key"/>: a JSON object with each column's name and its SHA-256 in hexadecimal
/// digits. A column that a stage passes on as it is need not be read for the digest of what the stage writes. Readers keep it to
/// themselves.</remarks>
static class ColumnDigests
{
    public const string Key = "anit.columns";

    /// <summary>The footer's value.</summary>
    public static string Write(IEnumerable<(string Name, byte[] Digest)> columns) => SortedJson.Write(
        new JsonObject(columns.Select(c => KeyValuePair.Create(c.Name, (JsonNode?)Convert.ToHexStringLower(c.Digest)))));

    /// <summary>The digests in a footer's value, if they are those of these columns and make up the digest of the rows; else null.</summary>
    public static Dictionary<string, byte[]>? Read(string? value, IReadOnlyList<string> names, long rows, string? digest)
    {
        if (value is null || digest is null) return null;
        try
        {
            var all = JsonNode.Parse(value) as JsonObject;
            var digests = names.ToDictionary(name => name, name => Convert.FromHexString(all?[name]?.ToString() ?? ""));
            return RowDigest.Of([.. names.Select(name => (name, digests[name]))], rows) == digest ? digests : null;
        }
        catch (Exception damaged) when (damaged is JsonException or FormatException or ArgumentException)
        {
            return null; // it only saves reading
        }
    }
}

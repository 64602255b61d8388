using System.Text.Json;
using System.Text.Json.Nodes;
using Anit.Data.Arrow;

namespace Anit.Data.Receipts;

/// <summary>The receipts of all stages a table went through, oldest first, as kept in its schema metadata.</summary>
public static class Chain
{
    /// <summary>The metadata key: a JSON array with one receipt a stage.</summary>
    public const string Key = "anit.receipts";

    /// <summary>The receipts in a table's metadata; none when it has no such key.</summary>
    public static IReadOnlyList<Receipt> Read(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.GetValueOrDefault(Key) is not { } text) return [];
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) is JsonArray list
                ? [.. list.Select(Receipt.FromJson)] : throw new DataFormatException($"the metadata key {Key} is not a JSON array of receipts");
        }
        catch (JsonException broken)
        {
            throw new DataFormatException($"the metadata key {Key} is not JSON: {broken.Message}", broken);
        }
    }

    /// <summary>The receipts of a file; those of an Arrow stream stand at its end, so it is read through.</summary>
    public static async Task<IReadOnlyList<Receipt>> OfFileAsync(string path, CancellationToken stop = default)
    {
        await using var table = await Table.OpenAsync(path, stop: stop).ConfigureAwait(false);
        return await OfAsync(table, stop).ConfigureAwait(false);
    }

    /// <summary>The receipts of a table that was just opened; what an Arrow stream says at its end is read on the way.</summary>
    public static async Task<IReadOnlyList<Receipt>> OfAsync(ITableReader table, CancellationToken stop = default)
    {
        var chain = Read(table.Schema.Metadata);
        if (table is not ArrowStreamReader || chain is [.., { Rows: not null }]) return chain;
        await foreach (var _ in table.ReadBatchesAsync(stop).ConfigureAwait(false)) { }
        return Read(table.Schema.WithMetadata(table.LateMetadata).Metadata);
    }

    /// <summary>The receipts of several tables one after another, those that they share once.</summary>
    internal static IReadOnlyList<Receipt> Union(IEnumerable<IReadOnlyList<Receipt>> chains) =>
        [.. chains.SelectMany(chain => chain).DistinctBy(receipt => SortedJson.Write(receipt.ToJson()))];

    /// <summary>What an unfinished receipt names as its input when the input's rows are not known yet.</summary>
    internal static string Via(Receipt pending) => "via-" + pending.Key;

    /// <summary>The rows that a chain with unfinished receipts promises, found in a finished one; null when they do not agree.</summary>
    internal static string? RowsOf(IReadOnlyList<Receipt> promised, IReadOnlyList<Receipt> finished)
    {
        if (promised.Count == 0 || promised.Count != finished.Count) return null;
        for (var i = 0; i < promised.Count; i++)
        {
            var receipt = promised[i];
            for (var earlier = 0; earlier < i; earlier++)
            {
                var (via, rows) = (Via(promised[earlier]), finished[earlier].Rows ?? "");
                if (!receipt.Inputs.Contains(via)) continue;
                receipt = receipt with { Inputs = [.. receipt.Inputs.Select(input => input == via ? rows : input)] };
            }
            if (!finished[i].SamePromise(receipt) || (receipt.Rows is not null && receipt.Rows != finished[i].Rows)) return null;
        }
        return finished[^1].Rows;
    }

    /// <summary>The metadata value for these receipts.</summary>
    public static string Write(IEnumerable<Receipt> receipts) =>
        SortedJson.Write(new JsonArray([.. receipts.Select(receipt => (JsonNode)receipt.ToJson())]));
}

namespace Anit.Data.Receipts;

/// <summary>What a check of one receipt found.</summary>
public enum ReceiptState
{
    /// <summary>The rows it promises were found in the file, value for value.</summary>
    Verified,
    /// <summary>Its rows are no longer in the file as a whole, but the receipts around it name each other.</summary>
    Linked,
    /// <summary>The file has other rows than it promises, or the stages do not follow each other.</summary>
    Differs,
}

/// <summary>A receipt and what became of it.</summary>
/// <param name="Receipt">The receipt, oldest first in a report.</param>
/// <param name="State">The finding.</param>
/// <param name="Remark">What differs, or why its rows cannot be computed any more; empty when verified.</param>
public sealed record ReceiptFinding(Receipt Receipt, ReceiptState State, string Remark);

/// <summary>Recomputes the receipts of a table from its rows.</summary>
/// <remarks>The last receipt covers all columns. A stage that only added columns leaves those of the stage before as they
/// were, so the receipt of that stage is recomputed from them, and so on back to the first stage that made or chose rows.</remarks>
public static class ChainCheck
{
    /// <summary>Reads a table through and judges each of its receipts, oldest first; empty when it has none.</summary>
    public static async Task<IReadOnlyList<ReceiptFinding>> OfAsync(ITableReader table, CancellationToken stop = default)
    {
        using var digest = new RowDigest(table.Schema);
        await foreach (var batch in table.ReadBatchesAsync(stop).ConfigureAwait(false)) digest.Add(batch);
        var chain = Chain.Read(table.Schema.WithMetadata(table.LateMetadata).Metadata);
        return Judge(chain, digest, table.Schema);
    }

    /// <summary>The columns a table had after each stage, from the oldest; null where the rows themselves changed since.</summary>
    internal static IReadOnlySet<string>?[] ColumnsAfter(IReadOnlyList<Receipt> chain, Schema schema, bool shardsAreWhole = false)
    {
        var columns = new IReadOnlySet<string>?[chain.Count];
        IReadOnlySet<string>? now = schema.Fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = chain.Count - 1; i >= 0; i--)
        {
            columns[i] = now;
            var adds = chain[i].Adds;
            // A column written anew was another one before.
            var rewritten = adds is not null && chain.Take(i).Any(earlier => earlier.Adds?.Intersect(adds).Any() ?? earlier.Tool == chain[i].Tool);
            now = now is null || adds is null || rewritten || (chain[i].Shard is not null && !shardsAreWhole) ? null
                : now.Except(adds).ToHashSet(StringComparer.Ordinal);
        }
        return columns;
    }

    // A table of several carries the receipts of each, so a receipt may be named by a later one than the next.
    static bool IsLoose(IReadOnlyList<Receipt> chain, int at) => !chain.Skip(at + 1).Any(later => later.Inputs.Contains(chain[at].Rows));

    static List<ReceiptFinding> Judge(IReadOnlyList<Receipt> chain, RowDigest digest, Schema schema)
    {
        var columns = ColumnsAfter(chain, schema);
        var findings = new List<ReceiptFinding>();
        for (var i = 0; i < chain.Count; i++)
        {
            var receipt = chain[i];
            if (receipt.Rows is null) findings.Add(new(receipt, ReceiptState.Differs, "the receipt is unfinished: its stage did not complete"));
            else if (i > 0 && IsLoose(chain, i - 1))
                findings.Add(new(receipt, ReceiptState.Differs, $"its input is not what {chain[i - 1].Tool} wrote"));
            else if (columns[i] is not { } known) findings.Add(new(receipt, ReceiptState.Linked, "its rows were changed by a later stage"));
            else if (digest.Of(known) is not { } found) findings.Add(new(receipt, ReceiptState.Differs, "columns that it wrote are missing"));
            else if (digest.Rows != receipt.Count) findings.Add(new(receipt, ReceiptState.Differs, $"{digest.Rows} rows, it wrote {receipt.Count}"));
            else if (found != receipt.Rows) findings.Add(new(receipt, ReceiptState.Differs, "the values are not those it wrote"));
            else findings.Add(new(receipt, ReceiptState.Verified, ""));
        }
        return findings;
    }
}

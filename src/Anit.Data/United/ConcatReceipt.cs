using System.Text.Json.Nodes;
using Anit.Data.Receipts;

namespace Anit.Data.United;

/// <summary>The receipts of several tables and, after them, one for putting them together.</summary>
/// <remarks>Reading several files is the stage <c>anit-data concat</c>, whichever tool does it: so the result of noise over two files is that of
/// noise over their concatenation, receipts and all. Where every part tells its rows' digest, the unfinished receipt stands in the header as it
/// does on a pipe; where one does not, it is digested in passing.</remarks>
sealed class ConcatReceipt(IReadOnlyList<TablePart> parts) : IDisposable
{
    const int Version = 1; // raised whenever equal inputs give other rows

    readonly List<IReadOnlyList<Receipt>> chains = [];
    readonly List<string?> digests = [];
    readonly List<RowDigest?> passing = [];
    RowDigest? whole;

    /// <summary>The receipts with an unfinished last one; null while the rows of a part are unknown.</summary>
    public IReadOnlyList<Receipt>? Pending
    {
        get
        {
            var inputs = chains.Select((chain, i) => digests[i] ?? (chain is [.., { Rows: null } last] ? Chain.Via(last) : null)).ToArray();
            return inputs.All(input => input is not null) ? [.. Chain.Union(chains), Receipt(inputs!)] : null;
        }
    }

    /// <summary>The finished receipts, once all rows were read.</summary>
    public IReadOnlyList<Receipt>? Finished { get; private set; }

    /// <summary>Takes a part that was just opened.</summary>
    public void Add(ITableReader reader, bool trusted)
    {
        var chain = Chain.Read(reader.Schema.Metadata);
        chains.Add(chain);
        digests.Add(trusted && chain is [.., var last] ? last.Rows : null);
        passing.Add(trusted && chain.Count > 0 ? null : new RowDigest(reader.Schema));
    }

    public void Begin(Schema schema) => whole = new RowDigest(schema);

    public void AddPart(int part, ColumnBatch batch) => passing[part]?.Add(batch);

    public void AddWhole(ColumnBatch batch) => whole!.Add(batch);

    /// <summary>A part was read to its end.</summary>
    public void EndPart(int part, IReadOnlyDictionary<string, string> late)
    {
        if (Chain.Read(late) is { Count: > 0 } finished) chains[part] = finished;
        digests[part] ??= passing[part] is { } digest ? digest.Result() : chains[part] is [.., { Rows: { } rows }] ? rows
            : throw new DataFormatException("the last receipt is unfinished: the stage before did not complete it").At(file: parts[part].Source.Name);
    }

    public void End() => Finished = [.. Chain.Union(chains), Receipt(digests!) with { Rows = whole!.Result(), Count = whole.Rows }];

    public void Dispose()
    {
        whole?.Dispose();
        foreach (var digest in passing) digest?.Dispose();
    }

    Receipt Receipt(IEnumerable<string> inputs)
    {
        var options = new JsonObject();
        if (parts[0].Folders.Count > 0)
            options["folders"] = new JsonArray([.. parts.Select(part => (JsonNode)new JsonObject([.. part.Folders.Select(pair =>
                KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]))]);
        return new() { Tool = "anit-data concat", Version = Version, Options = SortedJson.Write(options), Inputs = [.. inputs] };
    }
}

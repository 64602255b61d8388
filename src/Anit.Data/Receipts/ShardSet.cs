namespace Anit.Data.Receipts;

/// <summary>The parts that runs with <c>--shard i/n</c> wrote: which are there, and the receipts of the whole.</summary>
public sealed class ShardSet
{
    readonly List<(string Name, IReadOnlyList<Receipt> Chain, int Part)> parts = [];
    int sharded = -1; // the stage that was sharded, the same in all parts

    /// <summary>How many parts make the whole; 0 before the first.</summary>
    public int Of { get; private set; }

    /// <summary>The names of the parts in the order of their rows.</summary>
    public IReadOnlyList<string> Names => [.. parts.OrderBy(part => part.Part).Select(part => part.Name)];

    /// <summary>The parts that are not there, in order.</summary>
    public IReadOnlyList<int> Missing => [.. Enumerable.Range(0, Of).Except(parts.Select(part => part.Part))];

    /// <summary>Takes a part; an error when it belongs to another whole.</summary>
    public void Add(string name, IReadOnlyList<Receipt> chain)
    {
        var stage = chain.ToList().FindIndex(receipt => receipt.Shard is not null);
        if (stage < 0) throw new DataFormatException("no receipt of a shard; it was not written with --shard i/n").At(file: name);
        var (part, of) = Parse(name, chain[stage].Shard!);
        if (parts.Count == 0) (sharded, Of) = (stage, of);
        else if (of != Of) throw Mixed(name, $"it is one of {of} parts, {parts[0].Name} one of {Of}");
        else if (Difference(parts[0].Chain, chain, stage) is { } difference) throw Mixed(name, $"not of one run with {parts[0].Name}: {difference}");
        if (parts.FirstOrDefault(other => other.Part == part) is { Name: { } twin }) throw Mixed(name, $"it is part {part}/{of}, and so is {twin}");
        parts.Add((name, chain, part));
    }

    /// <summary>The receipts that one run over everything would have written, given the digest of all rows.</summary>
    public IReadOnlyList<Receipt> Whole(RowDigest digest, Schema schema)
    {
        var chain = parts[0].Chain;
        var columns = ChainCheck.ColumnsAfter(chain, schema, shardsAreWhole: true);
        var whole = chain.Take(sharded).ToList();
        for (var i = sharded; i < chain.Count; i++)
        {
            var rows = columns[i] is { } known ? digest.Of(known) : null;
            if (rows is null) throw new DataFormatException($"after {chain[i].Tool} a later stage chose or changed rows part by part; merge its "
                + "input instead");
            var inputs = i > sharded ? [whole[i - 1].Rows!, .. chain[i].Inputs.Skip(1)] : chain[i].Inputs;
            whole.Add(chain[i] with { Shard = null, Inputs = inputs, Rows = rows, Count = digest.Rows });
        }
        return whole;
    }

    /// <summary>How to write the whole, so that a Parquet file of it is that of one run.</summary>
    /// <param name="digest">Takes all rows while they are written.</param>
    public WriteOptions Options(RowDigest digest) => new()
    {
        Added = [.. parts[0].Chain.SelectMany(receipt => receipt.Adds ?? [])], ColumnDigests = () => ColumnDigests.Write(digest.Columns),
    };

    string? Difference(IReadOnlyList<Receipt> one, IReadOnlyList<Receipt> other, int stage)
    {
        if (one.Count != other.Count || stage != sharded) return $"{other.Count} stages, not {one.Count}";
        for (var i = 0; i < one.Count; i++)
        {
            // Stages after the sharded one read a part, so their inputs differ by right.
            var (a, b) = (one[i] with { Shard = null }, other[i] with { Shard = null });
            if (i > sharded) b = b with { Inputs = [.. a.Inputs.Take(1), .. b.Inputs.Skip(1)] };
            if (b.Difference(a) is { } difference) return difference;
            if (i < sharded && a.Rows != b.Rows) return $"{a.Tool} wrote other rows";
        }
        return null;
    }

    static (int Part, int Of) Parse(string name, string shard) =>
        shard.Split('/') is [var i, var n] && int.TryParse(i, out var part) && int.TryParse(n, out var of) && part >= 0 && part < of
            ? (part, of) : throw new DataFormatException($"a receipt with the shard '{shard}'; i/n was expected").At(file: name);

    static DataFormatException Mixed(string name, string why) => new DataFormatException(why).At(file: name);
}

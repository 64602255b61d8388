using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>What all layers and passes over one batch share: positions, masks, index tensors. Owns them.</summary>
/// <param name="batch">The sequences.</param>
/// <param name="config">Numbers of heads.</param>
/// <param name="rope">Rotary embeddings.</param>
/// <param name="device">Where the model is.</param>
/// <param name="dtype">Element type of the computation.</param>
sealed class BatchLayout(PackedBatch batch, ModelConfig config, RopeTables rope, Device device, ScalarType dtype) : IDisposable
{
    readonly List<RowSelection> made = [];
    RowSelection? all;
    (Tensor At, RowSelection Rows)? selected;

    /// <summary>All rows.</summary>
    public RowSelection All => all ??= Make(null);

    /// <summary>The rows 0..T-1 that a tensor names, (R,); read back once however many passes select by the same tensor.</summary>
    public RowSelection Select(Tensor at)
    {
        if (selected is not { } last || !ReferenceEquals(at, last.At)) selected = last = (at, Make(at));
        return last.Rows;
    }

    public void Dispose() => made.ForEach(rows => rows.Dispose());

    RowSelection Make(Tensor? at)
    {
        using var scope = NewDisposeScope();
        var rows = at is null ? null : Read(at);
        var index = at?.to(ScalarType.Int64).to(device).alias(); // (R,)
        Tensor OfRows(long[] perToken) => tensor(rows is null ? perToken : Picked(perToken, rows), dtype: ScalarType.Int64, device: device); // (R,)
        var (global, local) = rope.At(OfRows(batch.Positions()), () => OfRows(batch.Lengths()), batch.PrefixLength + batch.Longest, dtype);
        var keys = new Lazy<ulong[]>(() => rows is null ? batch.TokenKeys() : Picked(batch.TokenKeys(), rows));
        foreach (var tensor in (Tensor?[])[index, global.Cos, global.Sin, local.Cos, local.Sin]) tensor?.DetachFromDisposeScope();
        var selection = new RowSelection(index, rows?.Length ?? batch.Tokens, global, local,
            new(() => new(batch, rows, config, device, dtype)), new(() => SequenceTable.Of(batch, rows)), keys);
        made.Add(selection);
        return selection;
    }

    int[] Read(Tensor at)
    {
        using var host = at.to(ScalarType.Int64).cpu();
        var rows = Array.ConvertAll(host.data<long>().ToArray(), r => checked((int)r));
        if (Array.FindIndex(rows, r => r < 0 || r >= batch.Tokens) is >= 0 and var i)
            throw new ArgumentOutOfRangeException(nameof(at), rows[i], $"row {rows[i]} is asked for, the batch has {batch.Tokens}");
        return rows;
    }

    static T[] Picked<T>(T[] perToken, int[] rows) => Array.ConvertAll(rows, row => perToken[row]);
}

using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Rows of a batch that a layer computes: all, or those that were asked for.</summary>
/// <param name="Index">Which rows, (R,); null for all.</param>
/// <param name="Count">How many, R.</param>
/// <param name="Whole">What turns them in most layers.</param>
/// <param name="Local">What turns them in layers with a window.</param>
/// <param name="Grouping">How they attend to the keys; null when a cache does that.</param>
/// <param name="Keys">Names of the tokens in dropout masks.</param>
sealed record Rows(Tensor? Index, int Count, Turns Whole, Turns Local, Grouping? Grouping, Lazy<ulong[]> Keys)
{
    /// <summary>These rows of a (T, ...) tensor that has all.</summary>
    public Tensor Of(Tensor all) => Index is null ? all : all.index_select(0, Index);

    /// <summary>What turns them in a layer.</summary>
    public Turns Turns(bool sliding) => sliding ? Local : Whole;
}

/// <summary>What all layers and passes over one batch share: positions, masks, index tensors.</summary>
/// <param name="batch">The sequences; it owns the tensors made here.</param>
/// <param name="config">Numbers of heads.</param>
/// <param name="rope">Rotary positions.</param>
/// <param name="device">Where the model is.</param>
/// <param name="dtype">Element type of the computation.</param>
sealed class Layout(Packed batch, ModelConfig config, RopeTables rope, Device device, ScalarType dtype)
{
    Rows? all;
    Rows? asked;
    Tensor? askedAt;

    /// <summary>All rows.</summary>
    public Rows All => all ??= Make(null);

    /// <summary>The rows a tensor of indices asks for.</summary>
    public Rows Asked(Tensor at)
    {
        if (!ReferenceEquals(at, askedAt)) (asked, askedAt) = (Make(at), at);
        return asked!;
    }

    Rows Make(Tensor? at)
    {
        using var scope = NewDisposeScope();
        var index = at is null ? null : batch.Keep(at.to(ScalarType.Int64).to(device).alias());
        var picked = at is null ? null : batch.Rows(at);
        var positions = index is null ? batch.Positions : batch.Positions.index_select(0, index);
        var (whole, local) = rope.At(positions, () => batch.Lengths(picked), batch.Before + batch.Longest, dtype);
        var keys = new Lazy<ulong[]>(() =>
        {
            var tokens = batch.TokenKeys();
            return picked is null ? tokens : Array.ConvertAll(picked, row => tokens[row]);
        });
        return new(index, picked?.Length ?? batch.Tokens, Kept(whole), ReferenceEquals(whole, local) ? whole : Kept(local),
            new(batch, picked, config, device, dtype), keys);
    }

    Turns Kept(Turns turns) => new(batch.Keep(turns.Cos), batch.Keep(turns.Sin));
}

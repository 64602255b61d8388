using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Rows of a batch that a layer computes: all, or those that were selected. Owns its tensors.</summary>
/// <param name="Index">Which rows, (R,); null for all.</param>
/// <param name="Count">How many, R.</param>
/// <param name="Global">Their rotary embedding in most layers.</param>
/// <param name="Local">The same in layers with a window.</param>
/// <param name="Groups">How they attend to the keys, group by group; null when a cache does that.</param>
/// <param name="Sequences">The same as the fused attention takes it, null where it cannot: the rows are not in ascending order.</param>
/// <param name="TokenKeys">Names of the tokens in dropout masks.</param>
sealed record RowSelection(
    Tensor? Index, int Count, RotaryEmbedding Global, RotaryEmbedding Local, Lazy<AttentionGroups>? Groups, Lazy<SequenceTable?>? Sequences,
    Lazy<ulong[]> TokenKeys) : IDisposable
{
    Tensor? deviceKeys;

    /// <summary><see cref="TokenKeys"/> on a device, (R,) int64: sent once for all layers and passes.</summary>
    public Tensor KeysOn(Device device) =>
        deviceKeys ??= tensor(Array.ConvertAll(TokenKeys.Value, key => unchecked((long)key)), device: device).DetachFromDisposeScope();

    /// <summary>These rows of a (T, ...) tensor that has all.</summary>
    public Tensor Of(Tensor all) => Index is null ? all : all.index_select(0, Index);

    /// <summary>Their rotary embedding in a layer.</summary>
    public RotaryEmbedding Rotary(bool sliding) => sliding ? Local : Global;

    public void Dispose()
    {
        Index?.Dispose();
        deviceKeys?.Dispose();
        Global.Dispose();
        Local.Dispose();
        if (Groups is { IsValueCreated: true }) Groups.Value.Dispose();
        if (Sequences is { IsValueCreated: true }) Sequences.Value?.Dispose();
    }
}

using static TorchSharp.torch;

namespace Anit.Models.Generation;

/// <summary>Writes the greedy continuation of prompts, token by token.</summary>
/// <remarks>Prompts that begin alike are computed together, their common beginning once for all (an instruction that all rows of a task
/// share); they are sorted by length and computed in batches without padding; keys and values are kept in a cache made once a batch at its
/// final size; sequences that reached their end leave the batch. Results do not depend on the batch size, up to the
/// rounding of matrix products.</remarks>
/// <param name="model">The model; a trainable one is used with its current updates.</param>
/// <param name="merge">Compute with base and update as one matrix while generating.</param>
public sealed class Generator(CausalLm model, bool merge = true)
{
    /// <summary>Read the cache directly where that is possible; tests turn it off.</summary>
    internal bool ReadsCacheDirectly { get; init; } = true;

    /// <summary>Continues each prompt greedily.</summary>
    /// <param name="prompts">Token ids, none empty.</param>
    /// <param name="maxNewTokens">At most so many new tokens each.</param>
    /// <param name="stop">Tokens that end an answer, such as EOS and a newline; they are not part of it.</param>
    /// <param name="batch">Prompts computed together.</param>
    /// <param name="done">Told how many prompts are finished.</param>
    /// <param name="cancel">Ends the work between tokens.</param>
    /// <returns>New tokens of each prompt, in the prompts' order.</returns>
    public IReadOnlyList<int[]> Greedy(IReadOnlyList<int[]> prompts, int maxNewTokens, IReadOnlySet<int> stop, int batch = 32,
        Action<int>? done = null, CancellationToken cancel = default) =>
        Greedy(prompts, [.. prompts.Select(_ => maxNewTokens)], stop, batch, done, cancel);

    /// <summary>Continues each prompt greedily, each by its own number of tokens at most.</summary>
    /// <inheritdoc cref="Greedy(IReadOnlyList{int[]}, int, IReadOnlySet{int}, int, Action{int}?, CancellationToken)"/>
    public IReadOnlyList<int[]> Greedy(IReadOnlyList<int[]> prompts, IReadOnlyList<int> maxNewTokens, IReadOnlySet<int> stop, int batch = 32,
        Action<int>? done = null, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(maxNewTokens.Count, prompts.Count, nameof(maxNewTokens));
        foreach (var most in maxNewTokens) ArgumentOutOfRangeException.ThrowIfNegative(most, nameof(maxNewTokens));
        var answers = new int[prompts.Count][];

        var mergesHere = merge && !model.IsMerged;
        if (mergesHere) model.Merge();
        try
        {
            using var quiet = no_grad();
            var finished = 0;
            foreach (var (shared, members) in Groups(prompts))
            {
                using var prefix = shared > 0 ? new SharedPrefix(model, prompts[members[0]][..shared]) : null;
                foreach (var chunk in members.OrderByDescending(i => prompts[i].Length).ThenBy(i => i).Chunk(batch))
                {
                    var (rests, limits) = (Array.ConvertAll(chunk, i => prompts[i][shared..]), Array.ConvertAll(chunk, i => maxNewTokens[i]));
                    var continuations = Continue(prefix, rests, limits, stop, cancel);
                    for (var i = 0; i < chunk.Length; i++) answers[chunk[i]] = [.. continuations[i]];
                    done?.Invoke(finished += chunk.Length);
                }
            }
        }
        finally
        {
            if (mergesHere) model.Unmerge();
        }
        return answers;
    }

    /// <summary>Prompts that share a beginning; none do where the same tokens turn differently in a longer prompt.</summary>
    List<PromptGroup> Groups(IReadOnlyList<int[]> prompts) =>
        model.Config.RopeScaling is { FollowsLength: true } rope && prompts.Any(p => p.Length > rope.OriginalMaxPositions)
            ? [new(0, [.. Enumerable.Range(0, prompts.Count)])] : PromptGroup.Of(prompts);

    List<int>[] Continue(SharedPrefix? prefix, int[][] prompts, int[] maxNewTokens, IReadOnlySet<int> stop, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var prefixLength = prefix?.Length ?? 0;
        var capacity = prefixLength + prompts.Zip(maxNewTokens, (p, most) => p.Length + most).Max();
        using var cache = new KeyValueCache(model.Config, prompts.Length, capacity, model.Options.Device, model.Options.ActivationDtype);
        var reads = ReadsCacheDirectly && CpuDecodeAttention.Serves(model.Options, cache);
        using var decoding = new DecodingBatch(model, cache, Array.ConvertAll(prompts, p => prefixLength + p.Length), reads);
        var answers = prompts.Select(_ => new List<int>()).ToArray();
        var next = Prefill(prefix, prompts, cache);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            for (var row = 0; row < next.Length; row++)
            {
                if (decoding.IsDone(row)) continue;
                var (answer, most) = (answers[decoding.Sequence(row)], maxNewTokens[decoding.Sequence(row)]);
                if (answer.Count < most && !stop.Contains(next[row])) answer.Add(next[row]);
                else decoding.Finish(row);
                if (answer.Count == most) decoding.Finish(row);
            }
            next = decoding.Compact(next);
            if (next.Length == 0) return answers;
            using var step = NewDisposeScope();
            next = decoding.Step(next);
        }
    }

    /// <summary>Computes what follows the prefix of each prompt, fills the cache and gives the first new token of each.</summary>
    int[] Prefill(SharedPrefix? prefix, int[][] prompts, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        var prefixLength = prefix?.Length ?? 0;
        using var packed = new PackedBatch(prompts, model.Options.Device) { PrefixLength = prefixLength };
        using var layout = model.LayOut(packed);
        var (device, heads) = (model.Options.Device, model.Config.NumKeyValueHeads);
        var ends = tensor(packed.Starts[1..].Select(s => s - 1L).ToArray(), device: device);
        var places = tensor(prompts.SelectMany((p, b) => Enumerable.Range(0, p.Length * heads)
            .Select(i => ((long)b * heads + i % heads) * cache.Capacity + prefixLength + i / heads)).ToArray(), device: device);
        if (prefix is not null) cache.Put(prefix);
        var attention = new PackedAttention(model.Config, layout.All, prefix, (layer, k, v) => cache.Put(layer, places, k, v));
        var hidden = model.Run(model.Embed(packed.Ids), new Pass(layout.All, layout.Select(ends), attention));
        return GreedyArgmax.Of(model, hidden);
    }
}

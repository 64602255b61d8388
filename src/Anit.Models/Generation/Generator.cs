using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Writes the likeliest continuation of prompts, token by token.</summary>
/// <remarks>Prompts are sorted by length and computed in batches without padding; keys and values are kept in a cache made once a
/// batch at its final size; sequences that reached their end leave the batch. Results do not depend on the batch size, up to the
/// rounding of matrix products.</remarks>
/// <param name="model">The model; a trainable one is used with its current updates.</param>
/// <param name="merge">Compute with base and update as one matrix while generating.</param>
public sealed class Generator(CausalLm model, bool merge = true)
{
    /// <summary>Continues each prompt greedily.</summary>
    /// <param name="prompts">Token ids, none empty.</param>
    /// <param name="maxNewTokens">At most so many new tokens each.</param>
    /// <param name="stop">Tokens that end an answer, such as EOS and a newline; they are not part of it.</param>
    /// <param name="batch">Prompts computed together.</param>
    /// <param name="done">Told how many prompts are finished.</param>
    /// <param name="cancel">Ends the work between tokens.</param>
    /// <returns>New tokens of each prompt, in the prompts' order.</returns>
    public IReadOnlyList<int[]> Greedy(IReadOnlyList<int[]> prompts, int maxNewTokens, IReadOnlySet<int> stop, int batch = 32,
        Action<int>? done = null, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(maxNewTokens);
        var answers = new int[prompts.Count][];
        if (maxNewTokens == 0) return [.. prompts.Select(_ => Array.Empty<int>())];

        var mine = merge && !model.IsMerged;
        if (mine) model.Merge();
        try
        {
            using var quiet = no_grad();
            var order = Enumerable.Range(0, prompts.Count).OrderByDescending(i => prompts[i].Length).ThenBy(i => i);
            var finished = 0;
            foreach (var chunk in order.Chunk(batch))
            {
                var written = Continue([.. chunk.Select(i => prompts[i])], maxNewTokens, stop, cancel);
                for (var i = 0; i < chunk.Length; i++) answers[chunk[i]] = [.. written[i]];
                done?.Invoke(finished += chunk.Length);
            }
        }
        finally
        {
            if (mine) model.Unmerge();
        }
        return answers;
    }

    List<int>[] Continue(int[][] prompts, int maxNewTokens, IReadOnlySet<int> stop, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        using var cache = new KeyValueCache(model.Config, prompts.Length, prompts.Max(p => p.Length) + maxNewTokens,
            model.Options.Device, model.Options.Dtype);
        using var live = new LiveRows(model, cache, prompts);
        var answers = prompts.Select(_ => new List<int>()).ToArray();
        var next = Prefill(prompts, cache);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            for (var row = 0; row < next.Length; row++)
            {
                if (live.IsDone(row)) continue;
                var answer = answers[live.Sequence(row)];
                if (stop.Contains(next[row])) live.Finish(row);
                else
                {
                    answer.Add(next[row]);
                    if (answer.Count == maxNewTokens) live.Finish(row);
                }
            }
            next = live.Compact(next);
            if (next.Length == 0) return answers;
            using var step = NewDisposeScope();
            next = live.Step(next);
        }
    }

    /// <summary>Computes the prompts, fills the cache and gives the first new token of each.</summary>
    int[] Prefill(int[][] prompts, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        using var packed = new Packed(prompts, model.Options.Device);
        var (layout, device, heads) = (packed.LayoutFor(model), model.Options.Device, model.Config.NumKeyValueHeads);
        var ends = tensor(packed.Starts[1..].Select(s => s - 1L).ToArray(), device: device);
        var places = tensor(prompts.SelectMany((p, b) => Enumerable.Range(0, p.Length * heads)
            .Select(i => ((long)b * heads + i % heads) * cache.Capacity + i / heads)).ToArray(), device: device);
        var attention = new PackedAttention(model.Config, layout.All, (layer, k, v) => cache.Put(layer, places, k, v));
        var hidden = model.Run(model.Embed(packed.Ids), new Pass(layout.All, layout.Asked(ends), attention, new()));
        return LiveRows.Likeliest(model.Logits(hidden));
    }
}

namespace Anit.Training.Loop;

/// <summary>Which examples form each optimizer step of an epoch.</summary>
/// <remarks>A seeded permutation is cut into windows, each sorted by length, so that a micro-batch holds sequences of like
/// length; the micro-batches are permuted again before steps are formed. The order depends on seed and epoch only.</remarks>
public sealed class Batches(IReadOnlyList<Example> examples, int microBatch, int accumulate, ulong seed)
{
    const int Window = 32; // micro-batches sorted together: little bias, most of the gain

    readonly List<int> before = [0]; // steps before each epoch

    /// <summary>Input tokens of a micro-batch at the most, instead of a number of sequences; 0 for a number of sequences. A longer sequence is a
    /// micro-batch of its own.</summary>
    public int MostTokens { get; init; }

    /// <summary>How often rows of each source (<see cref="Example.Source"/>) come, relative to those of the others; null for each row once an
    /// epoch.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>Optimizer steps before an epoch begins.</summary>
    public int StepsBefore(int epoch)
    {
        while (before.Count <= epoch) before.Add(before[^1] + (Count(before.Count - 1) + accumulate - 1) / accumulate);
        return before[epoch];
    }

    /// <summary>Optimizer steps of an epoch.</summary>
    public int StepsOf(int epoch) => StepsBefore(epoch + 1) - StepsBefore(epoch);

    /// <summary>The epoch that a batch belongs to, both counted from 0, and its place there.</summary>
    public (int Epoch, int Place) At(int batch)
    {
        var epoch = 0;
        while (StepsBefore(epoch + 1) <= batch) epoch++;
        return (epoch, batch - StepsBefore(epoch));
    }

    /// <summary>Epochs done after some batches, both with a fraction.</summary>
    public double Epochs(double batches)
    {
        var (epoch, _) = At((int)batches);
        return epoch + (batches - StepsBefore(epoch)) / StepsOf(epoch);
    }

    /// <summary>The micro-batches of each step of one epoch.</summary>
    public IEnumerable<IReadOnlyList<IReadOnlyList<Example>>> Epoch(int epoch)
    {
        var micro = MicroBatches(epoch);
        var shuffled = CounterRandom.Permutation(micro.Length, CounterRandom.Key(seed, epoch, "", "batches"));
        return shuffled.Select(i => (IReadOnlyList<Example>)[.. micro[i].Select(j => examples[j])]).Chunk(accumulate);
    }

    // By a number of sequences every epoch has as many; a token budget has to be filled to know.
    int Count(int epoch) => MostTokens == 0 ? (examples.Count + microBatch - 1) / microBatch : MicroBatches(epoch).Length;

    int[][] MicroBatches(int epoch)
    {
        var order = Weights is null ? CounterRandom.Permutation(examples.Count, CounterRandom.Key(seed, epoch, "", "order")) : Drawn(epoch);
        var inWindow = MostTokens == 0 ? Window * microBatch : (int)(Window * Math.Max(1, MostTokens / examples.Average(e => e.Inputs)));
        return [.. order.Chunk(inWindow).Select(w => w.OrderBy(i => examples[i].Inputs))
            .SelectMany(w => MostTokens == 0 ? w.Chunk(microBatch) : Fit(w))];
    }

    // As many as fit, in the order of their lengths.
    IEnumerable<int[]> Fit(IEnumerable<int> sorted)
    {
        var (part, tokens) = (new List<int>(), 0);
        foreach (var i in sorted)
        {
            if (part.Count > 0 && tokens + examples[i].Inputs > MostTokens)
            {
                yield return [.. part];
                part.Clear();
                tokens = 0;
            }
            part.Add(i);
            tokens += examples[i].Inputs;
        }
        if (part.Count > 0) yield return [.. part];
    }

    // Each source is an endless row of seeded permutations; an epoch takes the next ones of each, by its share of as many rows as there are.
    int[] Drawn(int epoch)
    {
        var rows = new List<int>();
        var quotas = Quotas();
        foreach (var (source, members) in Members().Index())
        {
            var next = (long)epoch * quotas[source];
            for (var (at, end, pass) = (next, next + quotas[source], Array.Empty<int>()); at < end; at++)
            {
                if (pass.Length == 0 || at % members.Count == 0)
                    pass = CounterRandom.Permutation(members.Count, CounterRandom.Key(seed, (int)(at / members.Count), $"{source}", "source"));
                rows.Add(members[pass[at % members.Count]]);
            }
        }
        return [.. CounterRandom.Permutation(rows.Count, CounterRandom.Key(seed, epoch, "", "order")).Select(i => rows[i])];
    }

    List<int>[] Members()
    {
        var members = Weights!.Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < examples.Count; i++) members[examples[i].Source].Add(i);
        return members;
    }

    // Largest remainders: whole numbers in the proportion of the weights, whose sum is the number of rows.
    int[] Quotas()
    {
        var sum = Weights!.Sum();
        var shares = Weights!.Select(w => w / sum * examples.Count).ToArray();
        var quotas = shares.Select(s => (int)s).ToArray();
        var left = examples.Count - quotas.Sum();
        foreach (var k in Enumerable.Range(0, quotas.Length).OrderByDescending(k => shares[k] - quotas[k]).ThenBy(k => k).Take(left)) quotas[k]++;
        return quotas;
    }
}

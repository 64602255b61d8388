namespace Anit.Training.Loop;

/// <summary>Which examples form each optimizer step of an epoch.</summary>
/// <remarks>A seeded permutation is cut into windows, each sorted by length, so that a micro-batch holds sequences of like
/// length; the micro-batches are permuted again before steps are formed. The order depends on seed and epoch only.</remarks>
public sealed class Batches(IReadOnlyList<Example> examples, int microBatch, int accumulate, ulong seed)
{
    const int Window = 32; // micro-batches sorted together: little bias, most of the gain

    /// <summary>Optimizer steps in an epoch.</summary>
    public int StepsPerEpoch { get; } = (((examples.Count + microBatch - 1) / microBatch) + accumulate - 1) / accumulate;

    /// <summary>The micro-batches of each step of one epoch.</summary>
    public IEnumerable<IReadOnlyList<IReadOnlyList<Example>>> Epoch(int epoch)
    {
        var order = CounterRandom.Permutation(examples.Count, CounterRandom.Key(seed, epoch, "", "order"));
        var micro = order.Chunk(Window * microBatch)
            .SelectMany(w => w.OrderBy(i => examples[i].Inputs).Chunk(microBatch))
            .Select(m => (IReadOnlyList<Example>)[.. m.Select(i => examples[i])])
            .ToArray();
        var shuffled = CounterRandom.Permutation(micro.Length, CounterRandom.Key(seed, epoch, "", "batches"));
        return shuffled.Select(i => micro[i]).Chunk(accumulate);
    }
}

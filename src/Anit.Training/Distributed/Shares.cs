namespace Anit.Training.Distributed;

/// <summary>What one rank computes of a micro-batch.</summary>
/// <param name="MicroBatch">The micro-batch's number in its step: dropout masks hang on it.</param>
/// <param name="First">The number of its first row in the micro-batch.</param>
/// <param name="Examples">The rows.</param>
public sealed record Share(int MicroBatch, int First, IReadOnlyList<Example> Examples);

/// <summary>Cuts a step's rows into a contiguous share for each rank, of about as many tokens as the others'.</summary>
/// <remarks>The loss of a step is a sum over rows, and all that is random hangs on rows: whoever computes a row gets the same.</remarks>
public static class Shares
{
    /// <summary>The shares of one rank: at most one of each micro-batch; none where there are fewer rows than ranks.</summary>
    /// <param name="step">The micro-batches of the step.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="size">How many ranks there are.</param>
    /// <param name="whole">Whether micro-batches must not be cut, for attacks that mix their rows.</param>
    public static IReadOnlyList<Share> Of(IReadOnlyList<IReadOnlyList<Example>> step, int rank, int size, bool whole = false)
    {
        var shares = new List<Share>();
        long total = step.Sum(micro => micro.Sum(e => (long)e.Inputs)), before = 0;
        foreach (var (number, micro) in step.Index())
        {
            var (first, count) = (0, 0);
            if (whole)
            {
                if (OwnerOf(micro.Sum(e => (long)e.Inputs)) == rank) count = micro.Count;
            }
            else
            {
                for (var i = 0; i < micro.Count; i++)
                {
                    if (OwnerOf(micro[i].Inputs) != rank) continue;
                    if (count++ == 0) first = i;
                }
            }
            if (count > 0) shares.Add(new(number, first, count == micro.Count ? micro : [.. micro.Skip(first).Take(count)]));
        }
        return shares;

        // The rank within whose share the middle of so many next tokens lies.
        int OwnerOf(long tokens)
        {
            var owner = (int)((2 * before + tokens) * size / (2 * total));
            before += tokens;
            return owner;
        }
    }
}

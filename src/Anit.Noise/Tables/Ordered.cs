using System.Runtime.CompilerServices;

namespace Anit.Noise.Tables;

/// <summary>Work on batches by several threads, with the results in the order of the batches.</summary>
public static class Ordered
{
    /// <summary>Maps items on up to <paramref name="threads"/> threads; at most two items a thread are in memory.</summary>
    public static async IAsyncEnumerable<TOut> MapAsync<TIn, TOut>(
        IAsyncEnumerable<TIn> items, Func<TIn, TOut> work, int threads, [EnumeratorCancellation] CancellationToken stop = default)
    {
        if (threads <= 1)
        {
            await foreach (var item in items.WithCancellation(stop).ConfigureAwait(false)) yield return work(item);
            yield break;
        }

        var window = new Queue<Task<TOut>>();
        using var slots = new SemaphoreSlim(threads);
        try
        {
            await foreach (var item in items.WithCancellation(stop).ConfigureAwait(false))
            {
                window.Enqueue(Task.Run(async () =>
                {
                    await slots.WaitAsync(stop).ConfigureAwait(false);
                    try { return work(item); }
                    finally { slots.Release(); }
                }, stop));
                while (window.Count >= 2 * threads || window.TryPeek(out var first) && first.IsCompleted)
                    yield return await window.Dequeue().ConfigureAwait(false);
            }
            while (window.Count > 0) yield return await window.Dequeue().ConfigureAwait(false);
        }
        finally
        {
            foreach (var task in window) // what nobody waits for any more must not be left running, nor its failure unseen
                await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

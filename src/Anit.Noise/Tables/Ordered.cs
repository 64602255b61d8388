using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Anit.Noise.Tables;

/// <summary>Work on batches by several threads, with the results in the order of the batches.</summary>
public static class Ordered
{
    /// <summary>Maps items on up to <paramref name="threads"/> threads; at most two items a thread and one are in memory. With more than one thread
    /// the next item is fetched, too, while the caller works on a result.</summary>
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
            await foreach (var item in AheadAsync(items, stop).ConfigureAwait(false))
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

    /// <summary>The same items, of which the next is made on another thread while the caller has one.</summary>
    static async IAsyncEnumerable<T> AheadAsync<T>(IAsyncEnumerable<T> items, [EnumeratorCancellation] CancellationToken stop)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var made = Channel.CreateBounded<T>(1);
        var making = Task.Run(async () =>
        {
            try
            {
                // The items hear of the caller's leave only where they wait for it: what they read of may be read on.
                await foreach (var item in items.WithCancellation(stop).ConfigureAwait(false))
                    await made.Writer.WriteAsync(item, leave.Token).ConfigureAwait(false);
                made.Writer.Complete();
            }
            catch (Exception fault)
            {
                made.Writer.Complete(fault); // thrown where the items are taken
            }
        }, CancellationToken.None);
        try
        {
            await foreach (var item in made.Reader.ReadAllAsync(stop).ConfigureAwait(false)) yield return item;
        }
        finally
        {
            await leave.CancelAsync().ConfigureAwait(false);
            await making.ConfigureAwait(false); // nobody reads on once the caller is gone
        }
    }
}

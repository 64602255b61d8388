using System.Buffers;

namespace Anit.Data.Parquet.Read;

/// <summary>Buffers of pages that the threads of one reader hand on to each other; at the end they go to the shared pool.</summary>
/// <remarks>The shared pool keeps a thread's last buffer for that thread, and it is lost when the thread ends: pages are tens of megabytes.</remarks>
sealed class PagePool : ArrayPool<byte>, IDisposable
{
    readonly List<byte[]> free = [];

    public override byte[] Rent(int minimumLength)
    {
        lock (free)
        {
            var best = -1;
            for (var i = 0; i < free.Count; i++)
                if (free[i].Length >= minimumLength && (best < 0 || free[i].Length < free[best].Length)) best = i;
            if (best >= 0)
            {
                var found = free[best];
                free.RemoveAt(best);
                return found;
            }
        }
        return Shared.Rent(minimumLength);
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        lock (free) free.Add(array);
    }

    public void Dispose()
    {
        lock (free)
        {
            foreach (var array in free) Shared.Return(array);
            free.Clear();
        }
    }
}

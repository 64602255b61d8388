namespace Anit.Data.Parquet.Write;

/// <summary>Bytes in blocks that are used again: the pages of a chunk grow without being copied and leave nothing to collect.</summary>
/// <param name="spare">Blocks that nobody uses.</param>
sealed class BlockList(Stack<byte[]> spare)
{
    const int Block = 1 << 16;

    readonly List<byte[]> blocks = [];
    int room; // in the last of them

    public long Length => (long)blocks.Count * Block - room;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (room == 0)
            {
                blocks.Add(spare.TryPop(out var block) ? block : GC.AllocateUninitializedArray<byte>(Block));
                room = Block;
            }
            var some = bytes[..Math.Min(room, bytes.Length)];
            some.CopyTo(blocks[^1].AsSpan(Block - room));
            bytes = bytes[some.Length..];
            room -= some.Length;
        }
    }

    /// <summary>Writes the bytes and gives the blocks back.</summary>
    public async ValueTask DrainAsync(Stream to, CancellationToken stop)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            await to.WriteAsync(blocks[i].AsMemory(0, i < blocks.Count - 1 ? Block : Block - room), stop).ConfigureAwait(false);
            spare.Push(blocks[i]);
        }
        blocks.Clear();
        room = 0;
    }
}

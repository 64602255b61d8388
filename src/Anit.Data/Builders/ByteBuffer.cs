using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>A growing run of bytes; arrays it hands out are given away, not reused unless <paramref name="reuse"/> says so.</summary>
/// <param name="capacity">Bytes to begin with.</param>
/// <param name="reuse">Whether an array handed out is written again: the next time, or when <paramref name="memory"/> says that it is free.</param>
/// <param name="memory">What knows which of the arrays handed out are in use.</param>
sealed class ByteBuffer(int capacity = 0, bool reuse = false, BatchMemory? memory = null)
{
    const int Smallest = 64;
    const int Large = 1 << 20; // from here on room for twice what is needed is memory that nobody uses

    byte[] bytes = capacity == 0 ? [] : GC.AllocateUninitializedArray<byte>(capacity);
    readonly Queue<(byte[] Array, long Ticket)>? lent = reuse && memory is not null ? new() : null; // from the shared pool
    int usual; // room for as much as was detached last: batches of one table are alike

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);
    public ReadOnlyMemory<byte> WrittenMemory => bytes.AsMemory(0, Length);
    public Span<byte> WrittenSpan => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Room for <paramref name="count"/> bytes, to be confirmed by <see cref="Advance"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int count)
    {
        if (count > bytes.Length - Length) Grow(count);
        return bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Append(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Reserve(more.Length));
        Length += more.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte one)
    {
        if (Length == bytes.Length) Grow(1);
        bytes[Length++] = one;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendValue<T>(T value) where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        if (size > bytes.Length - Length) Grow(size);
        Unsafe.WriteUnaligned(ref bytes[Length], value);
        Length += size;
    }

    public Span<T> AsSpan<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(WrittenSpan);

    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>The bytes as memory of their own (if reused: until the next write); this buffer starts anew.</summary>
    public ReadOnlyMemory<byte> Detach()
    {
        var result = bytes.AsMemory(0, Length);
        (usual, Length) = (Length + Length / 16, 0);
        if (lent is not null && bytes.Length > 0) lent.Enqueue((bytes, memory!.Ticket));
        if (!reuse || lent is not null) bytes = [];
        return result;
    }

    void Grow(int count)
    {
        var needed = checked(Length + count);
        if (bytes.Length == 0 && lent?.Count > 0 && memory!.IsFree(lent.Peek().Ticket))
        {
            bytes = lent.Dequeue().Array;
            if (bytes.Length >= needed) return;
        }
        var size = needed <= usual && bytes.Length == 0 ? usual
            : needed < Large ? (int)Math.Max(BitOperations.RoundUpToPowerOf2((uint)needed), Smallest)
            : (int)Math.Min(Array.MaxLength, Math.Max(needed + needed / 8L, bytes.Length * 3L / 2));
        size = Math.Max(needed, size);
        var larger = lent is null ? GC.AllocateUninitializedArray<byte>(size) : ArrayPool<byte>.Shared.Rent(size);
        Written.CopyTo(larger);
        if (lent is not null && bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }

    /// <summary>Gives back to the shared pool what came from there and is not in use; the rest is the collector's.</summary>
    public void GiveBack()
    {
        if (lent is null) return;
        while (lent.TryDequeue(out var free))
            if (memory!.IsFree(free.Ticket)) ArrayPool<byte>.Shared.Return(free.Array);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
        (bytes, Length) = ([], 0);
    }
}

/// <summary>Which columns made with the memory of one reader are still in use.</summary>
/// <remarks>The reader's thread numbers them, whoever uses them says up to which number they are free.</remarks>
sealed class BatchMemory
{
    long free;

    /// <summary>The number of the column that is being made.</summary>
    public long Ticket { get; set; }

    /// <summary>Columns of this number and before are not used any more.</summary>
    public void Free(long ticket) => Volatile.Write(ref free, ticket + 1);

    public bool IsFree(long ticket) => ticket < Volatile.Read(ref free);
}

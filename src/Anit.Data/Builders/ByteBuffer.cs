using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>A growing run of bytes; arrays it hands out are given away, not reused unless <paramref name="reuse"/> says so.</summary>
sealed class ByteBuffer(int capacity = 0, bool reuse = false)
{
    const int Smallest = 64;

    byte[] bytes = capacity == 0 ? [] : GC.AllocateUninitializedArray<byte>(capacity);
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
        if (!reuse) bytes = [];
        return result;
    }

    void Grow(int count)
    {
        var needed = checked(Length + count);
        var size = needed <= usual && bytes.Length == 0 ? usual
            : (int)Math.Min(Array.MaxLength, Math.Max(BitOperations.RoundUpToPowerOf2((uint)needed), Smallest));
        var larger = GC.AllocateUninitializedArray<byte>(Math.Max(needed, size));
        Written.CopyTo(larger);
        bytes = larger;
    }
}

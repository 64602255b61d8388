using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>Distinct byte strings numbered in order of first appearance: the heart of every dictionary.</summary>
/// <remarks>Open addressing with linear probing, at most half full; values lie end to end in one buffer.</remarks>
sealed class ByteTable
{
    const int FirstSlots = 64;

    readonly ByteBuffer data = new();
    readonly List<int> ends = [];
    uint[] hashes = new uint[FirstSlots];
    int[] slots = NewSlots(FirstSlots);

    public int Count => ends.Count;
    public int ByteCount => data.Length;
    public ReadOnlyMemory<byte> Data => data.WrittenMemory;

    public ReadOnlySpan<byte> this[int index] => data.Written[Start(index)..ends[index]];

    public int LengthOf(int index) => ends[index] - Start(index);

    public int Start(int index) => index == 0 ? 0 : ends[index - 1];

    /// <summary>The number of this value, a new one if it was not there.</summary>
    public int Add(ReadOnlySpan<byte> value)
    {
        var hash = Hash(value);
        for (var at = hash & (uint)(slots.Length - 1); ; at = (at + 1) & (uint)(slots.Length - 1))
        {
            var index = slots[at];
            if (index < 0) return Insert(at, hash, value);
            if (hashes[at] == hash && this[index].SequenceEqual(value)) return index;
        }
    }

    /// <summary>The number of this value, or -1.</summary>
    public int Find(ReadOnlySpan<byte> value)
    {
        var hash = Hash(value);
        for (var at = hash & (uint)(slots.Length - 1); slots[at] >= 0; at = (at + 1) & (uint)(slots.Length - 1))
            if (hashes[at] == hash && this[slots[at]].SequenceEqual(value)) return slots[at];
        return -1;
    }

    public void Clear()
    {
        data.Clear();
        ends.Clear();
        slots.AsSpan().Fill(-1);
    }

    int Insert(uint at, uint hash, ReadOnlySpan<byte> value)
    {
        data.Append(value);
        ends.Add(data.Length);
        (slots[at], hashes[at]) = (ends.Count - 1, hash);
        if (ends.Count * 2 > slots.Length) Widen();
        return ends.Count - 1;
    }

    void Widen()
    {
        var (oldSlots, oldHashes) = (slots, hashes);
        (slots, hashes) = (NewSlots(oldSlots.Length * 2), new uint[oldSlots.Length * 2]);
        for (var i = 0; i < oldSlots.Length; i++)
        {
            if (oldSlots[i] < 0) continue;
            var at = oldHashes[i] & (uint)(slots.Length - 1);
            while (slots[at] >= 0) at = (at + 1) & (uint)(slots.Length - 1);
            (slots[at], hashes[at]) = (oldSlots[i], oldHashes[i]);
        }
    }

    static int[] NewSlots(int count)
    {
        var slots = new int[count];
        slots.AsSpan().Fill(-1);
        return slots;
    }

    /// <summary>A multiplying hash, eight bytes a step; only this process ever sees it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static uint Hash(ReadOnlySpan<byte> value)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        var hash = (ulong)value.Length * Odd;
        var at = 0;
        for (; at + 8 <= value.Length; at += 8)
            hash = (BitOperations.RotateLeft(hash, 23) ^ MemoryMarshal.Read<ulong>(value[at..])) * Odd;
        ulong rest = 0;
        for (var shift = 0; at < value.Length; at++, shift += 8) rest |= (ulong)value[at] << shift;
        hash = (BitOperations.RotateLeft(hash, 23) ^ rest) * Odd;
        return (uint)(hash >> 32) ^ (uint)(hash >> 7);
    }
}

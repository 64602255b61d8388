using System.Numerics;
using System.Runtime.InteropServices;

namespace Anit.Models.Tokenizers;

/// <summary>Ids of words seen before. Bounded: when full it starts over, which the words in use survive at once.</summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and dear to keep.</summary>
    public const int LongestWord = 64;

    const int MostWords = 1 << 17, MostLetters = 1 << 21, MostIds = 1 << 20;

    struct Entry
    {
        public uint Hash;
        public int Letters, Length, Ids, Count;
    }

    readonly int[] slots = new int[MostWords * 2]; // entry + 1, 0 for none
    Entry[] entries = new Entry[1024];
    int count;
    char[] letters = new char[8192];
    int letterCount;
    int[] ids = new int[4096];
    int idCount;

    public static uint Hash(ReadOnlySpan<char> word)
    {
        var hash = (ulong)word.Length * 0x9E3779B97F4A7C15;
        var bytes = MemoryMarshal.AsBytes(word);
        while (bytes.Length >= 8)
        {
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(bytes)) * 0xD6E8FEB86659FD93, 29);
            bytes = bytes[8..];
        }
        foreach (var unit in MemoryMarshal.Cast<byte, ushort>(bytes)) hash = BitOperations.RotateLeft((hash ^ unit) * 0xD6E8FEB86659FD93, 29);
        return (uint)(hash >> 32 ^ hash);
    }

    public bool TryGet(ReadOnlySpan<char> word, uint hash, out ReadOnlySpan<int> found)
    {
        for (var slot = (int)(hash & (uint)(slots.Length - 1)); slots[slot] != 0; slot = slot + 1 & slots.Length - 1)
        {
            ref readonly var entry = ref entries[slots[slot] - 1];
            if (entry.Hash != hash || !word.SequenceEqual(letters.AsSpan(entry.Letters, entry.Length))) continue;
            found = ids.AsSpan(entry.Ids, entry.Count);
            return true;
        }
        found = default;
        return false;
    }

    /// <summary>Keeps the ids of a word that is not here yet.</summary>
    public void Add(ReadOnlySpan<char> word, uint hash, ReadOnlySpan<int> wordIds)
    {
        if (count == MostWords || letterCount + word.Length > MostLetters || idCount + wordIds.Length > MostIds)
        {
            Array.Clear(slots);
            count = letterCount = idCount = 0;
        }
        if (count == entries.Length) Array.Resize(ref entries, count * 2);
        if (letterCount + word.Length > letters.Length) Array.Resize(ref letters, letters.Length * 2);
        if (idCount + wordIds.Length > ids.Length) Array.Resize(ref ids, ids.Length * 2);

        word.CopyTo(letters.AsSpan(letterCount));
        wordIds.CopyTo(ids.AsSpan(idCount));
        entries[count] = new() { Hash = hash, Letters = letterCount, Length = word.Length, Ids = idCount, Count = wordIds.Length };
        letterCount += word.Length;
        idCount += wordIds.Length;
        var slot = (int)(hash & (uint)(slots.Length - 1));
        while (slots[slot] != 0) slot = slot + 1 & slots.Length - 1;
        slots[slot] = ++count;
    }
}

using System.Numerics;

namespace Anit.Models.Tokenizers;

/// <summary>Merges by their two ids: an open hash table, read far more often than anything else here.</summary>
internal sealed class PairTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int None = int.MaxValue;

    readonly (ulong Key, int Rank, int Joined)[] slots;
    readonly int shift;

    public PairTable(IReadOnlyList<(int Left, int Right, int Joined)> merges)
    {
        var bits = Math.Max(4, BitOperations.Log2((uint)merges.Count + 1) + 2); // a quarter to a half full
        slots = new (ulong, int, int)[1 << bits];
        Array.Fill(slots, (ulong.MaxValue, None, -1));
        shift = 64 - bits;
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right, joined) = merges[rank];
            slots[Slot(left, right)] = (Key(left, right), rank, joined); // a pair listed twice counts by its last rank, as in tokenizers
        }
    }

    public int Rank(int left, int right, out int joined)
    {
        ref readonly var slot = ref slots[Slot(left, right)];
        joined = slot.Joined;
        return slot.Rank;
    }

    static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    int Slot(int left, int right)
    {
        var key = Key(left, right);
        for (var i = (int)(key * 0x9E3779B97F4A7C15 >> shift); ; i = i + 1 & slots.Length - 1)
            if (slots[i].Key == key || slots[i].Key == ulong.MaxValue) return i;
    }
}

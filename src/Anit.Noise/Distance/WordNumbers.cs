using System.Numerics;

namespace Anit.Noise.Distance;

/// <summary>Numbers the different words of one text in order of appearance, and finds the words of another among them. Open addressing.</summary>
sealed class WordNumbers
{
    (int Start, int End)[] places = new (int, int)[64];
    int[] slots = new int[256];
    int mask;

    /// <summary>How many different words there are.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all words and makes room for so many.</summary>
    public void Clear(int most)
    {
        Count = 0;
        if (places.Length < most) places = new (int, int)[2 * most];
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)(4 * most));
        if (slots.Length < size) slots = new int[size];
        slots.AsSpan(0, size).Clear();
        mask = size - 1;
    }

    /// <summary>The number of a word, a new one where it is new.</summary>
    public int Add(WordLetters text, int start, int end)
    {
        ref var slot = ref slots[Slot(text, text, start, end)];
        if (slot == 0)
        {
            places[Count] = (start, end);
            slot = ++Count;
        }
        return slot - 1;
    }

    /// <summary>The number of another text's word, or -1.</summary>
    /// <param name="text">The text whose words were added.</param>
    /// <param name="other">The other text.</param>
    /// <param name="start">Where the word starts in the other text.</param>
    /// <param name="end">Where it ends.</param>
    public int Find(WordLetters text, WordLetters other, int start, int end) => slots[Slot(text, other, start, end)] - 1;

    int Slot(WordLetters text, WordLetters other, int start, int end)
    {
        var word = other.Of(start, end);
        for (var at = (int)WordLetters.Hash(word, end - start) & mask; ; at = (at + 1) & mask)
        {
            if (slots[at] == 0) return at;
            var (first, last) = places[slots[at] - 1];
            if (text.Is(first, last, other, start, end - start, word)) return at;
        }
    }
}

namespace Anit.Models.Tokenizers;

/// <summary>From one word to its ids: the "model" of tokenizer.json. Immutable; scratch memory is the caller's.</summary>
internal abstract class WordModel
{
    /// <summary>Appends the ids of a word, which follow from the word alone.</summary>
    public abstract void Encode(ReadOnlySpan<char> word, BpeScratch scratch, List<int> ids);
}

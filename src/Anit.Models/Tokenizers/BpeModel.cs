using System.Text;

namespace Anit.Models.Tokenizers;

/// <summary>What a "BPE" model section holds: vocabulary, merges in order of rank, and what becomes of unknown letters.</summary>
internal sealed record BpeOptions(bool ByteLevel, bool ByteFallback, bool IgnoreMerges, bool FuseUnknown, int? UnknownId);

/// <summary>Byte-pair encoding of one word: letters first, then the best-ranked pair of neighbours joined until none is left.</summary>
/// <remarks>Sennrich et al. (2016), arXiv:1508.07909. Letters are bytes (byte-level) or Unicode scalars with an optional
/// fallback to byte tokens. Of two equal pairs the left one goes first. The model is immutable; scratch memory is the caller's.</remarks>
internal sealed class BpeModel : WordModel
{
    readonly Dictionary<string, int> vocab;
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> byText;
    readonly PairTable pairs;
    readonly BpeOptions options;
    readonly int[] byteIds = new int[256]; // of single bytes: letters (byte-level) or <0xNN> tokens (fallback)
    readonly int[] letterIds = [];         // of single BMP letters

    /// <param name="vocab">Token strings and ids.</param>
    /// <param name="merges">Pairs of ids and the id they join to, best first.</param>
    /// <param name="options">How letters are made.</param>
    public BpeModel(Dictionary<string, int> vocab, IReadOnlyList<(int Left, int Right, int Joined)> merges, BpeOptions options)
    {
        this.vocab = vocab;
        this.options = options;
        byText = vocab.GetAlternateLookup<ReadOnlySpan<char>>();
        pairs = new(merges);
        for (var b = 0; b < 256; b++)
            byteIds[b] = IdOf(options.ByteLevel ? ByteAlphabet.Letter((byte)b).ToString() : $"<0x{b:X2}>");
        if (options.ByteLevel) return;

        letterIds = new int[char.MaxValue + 1];
        Array.Fill(letterIds, -1);
        foreach (var (token, id) in vocab)
            if (token.Length == 1) letterIds[token[0]] = id;
    }

    /// <summary>Whether text may be cut before each mark that follows another letter, without changing an id.</summary>
    /// <remarks>True when no merge makes a token across such a place and every letter has a token or bytes, so that no
    /// unknown letters are fused over it. Of LLaMA-2 and Gemma and their ▁ it is true.</remarks>
    public bool CutsBefore(char mark, IReadOnlyList<(int Left, int Right, int Joined)> merges)
    {
        if (options.IgnoreMerges || !options.ByteFallback) return false;
        for (var b = 0; b < 256; b++)
            if (byteIds[b] < 0 && (b >= 128 || letterIds[b] < 0)) return false; // Gemma has no <0x09>, but a token for the tab
        var made = merges.Select(m => m.Joined).ToHashSet();
        foreach (var (token, id) in vocab)
            for (var i = token.LastIndexOf(mark); i > 0; i--)
                if (token[i] == mark && token[i - 1] != mark && made.Contains(id)) return false;
        return true;
    }

    int IdOf(ReadOnlySpan<char> token) => byText.TryGetValue(token, out var id) ? id : -1;

    /// <summary>Appends the ids of a word.</summary>
    public override void Encode(ReadOnlySpan<char> word, BpeScratch scratch, List<int> ids)
    {
        scratch.Clear();
        if (options.ByteLevel)
        {
            var utf8 = scratch.Utf8(word);
            if (options.IgnoreMerges && Whole(utf8, scratch) is >= 0 and var whole)
            {
                ids.Add(whole);
                return;
            }
            foreach (var b in utf8)
                if (byteIds[b] >= 0) scratch.Add(byteIds[b]);
                else Unknown(scratch);
        }
        else
        {
            if (options.IgnoreMerges && IdOf(word) is >= 0 and var whole)
            {
                ids.Add(whole);
                return;
            }
            Letters(word, scratch);
        }
        scratch.Join(pairs, ids);
    }

    int Whole(ReadOnlySpan<byte> utf8, BpeScratch scratch)
    {
        var letters = scratch.Letters(utf8.Length);
        for (var i = 0; i < letters.Length; i++) letters[i] = ByteAlphabet.Letter(utf8[i]);
        return IdOf(letters);
    }

    void Letters(ReadOnlySpan<char> word, BpeScratch scratch)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var at = 0; at < word.Length;)
        {
            var letter = word.Slice(at, PatternNode.Width(word, at));
            at += letter.Length;
            var id = letter.Length == 1 ? letterIds[letter[0]] : IdOf(letter);
            if (id >= 0) scratch.Add(id);
            else if (!options.ByteFallback || !Bytes(utf8[..Encoding.UTF8.GetBytes(letter, utf8)], scratch)) Unknown(scratch);
        }
    }

    bool Bytes(ReadOnlySpan<byte> letter, BpeScratch scratch)
    {
        foreach (var b in letter)
            if (byteIds[b] < 0) return false;
        foreach (var b in letter) scratch.Add(byteIds[b]);
        return true;
    }

    /// <summary>A letter the vocabulary lacks: the unknown token, once for a run of them where fused, or nothing.</summary>
    void Unknown(BpeScratch scratch)
    {
        if (options.UnknownId is { } unknown && !(options.FuseUnknown && scratch.Last == unknown)) scratch.Add(unknown);
    }
}

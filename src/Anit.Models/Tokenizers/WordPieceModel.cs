namespace Anit.Models.Tokenizers;

/// <summary>WordPiece: the longest token a word begins with, then the longest that goes on from there; a word that does not come out even is
/// unknown as a whole.</summary>
/// <remarks>Schuster and Nakajima (2012), ICASSP, as BERT has it: Devlin et al. (2018), arXiv:1810.04805.</remarks>
internal sealed class WordPieceModel : WordModel
{
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> first, following;
    readonly int unknown, mostLetters, longest;

    /// <param name="vocab">Token strings and ids.</param>
    /// <param name="prefix">What the tokens begin with that go on in a word: ##.</param>
    /// <param name="unknown">The id of unknown words.</param>
    /// <param name="mostLetters">Words of more Unicode scalars are unknown without looking.</param>
    public WordPieceModel(Dictionary<string, int> vocab, string prefix, int unknown, int mostLetters)
    {
        (this.unknown, this.mostLetters) = (unknown, mostLetters);
        first = vocab.GetAlternateLookup<ReadOnlySpan<char>>();
        var going = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in vocab)
        {
            longest = Math.Max(longest, token.Length);
            if (token.StartsWith(prefix, StringComparison.Ordinal)) going[token[prefix.Length..]] = id;
        }
        following = going.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public override void Encode(ReadOnlySpan<char> word, BpeScratch scratch, List<int> ids)
    {
        var before = ids.Count;
        if (word.Length <= mostLetters || Scalars(word) <= mostLetters)
            for (var at = 0; ; )
            {
                if (at == word.Length) return;
                var length = Longest(at == 0 ? first : following, word[at..], out var id);
                if (length == 0) break;
                ids.Add(id);
                at += length;
            }
        ids.RemoveRange(before, ids.Count - before);
        ids.Add(unknown);
    }

    int Longest(Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> tokens, ReadOnlySpan<char> rest, out int id)
    {
        for (var length = Math.Min(rest.Length, longest); length > 0; length--)
            if (tokens.TryGetValue(rest[..length], out id)) return length;
        id = 0;
        return 0;
    }

    static int Scalars(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var _ in word.EnumerateRunes()) count++;
        return count;
    }
}

namespace Anit.Models.Tokenizers;

/// <summary>A token found in the text before anything else happens to it, such as &lt;s&gt;.</summary>
internal sealed record AddedToken(int Id, string Content, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized, bool Special);

/// <summary>Finds added tokens in text, the longest at each place.</summary>
internal sealed class AddedTokens
{
    readonly Dictionary<(int Node, char Next), int> trie = [];
    readonly List<AddedToken?> endsHere = [null];
    readonly System.Buffers.SearchValues<char> first;

    /// <param name="tokens">The tokens, each with the text it is looked for by.</param>
    public AddedTokens(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens)
        {
            if (text.Length == 0) continue;
            var node = 0;
            foreach (var c in text)
            {
                if (!trie.TryGetValue((node, c), out var child))
                {
                    child = endsHere.Count;
                    trie.Add((node, c), child);
                    endsHere.Add(null);
                }
                node = child;
            }
            endsHere[node] ??= token;
        }
        first = System.Buffers.SearchValues.Create([.. trie.Keys.Where(k => k.Node == 0).Select(k => k.Next)]);
    }

    public bool Any => endsHere.Count > 1;

    /// <summary>The next token at or after <paramref name="from"/>, and the text it takes with the spaces it strips.</summary>
    /// <remarks>The text is the whole one, for words are judged by what stands around; nothing before from is taken again.</remarks>
    public AddedToken? Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start++)
        {
            var skip = text[start..].IndexOfAny(first);
            if (skip < 0) break;
            start += skip;
            if (Longest(text, start, out end) is not { } token) continue;

            if (token.SingleWord && (BehindIsWord(text, start) || AheadIsWord(text, end)))
            {
                start = end - 1; // a match that is part of a word is passed over whole
                continue;
            }
            if (token.LeftStrip)
                while (start > from && char.IsWhiteSpace(text[start - 1])) start--;
            if (token.RightStrip)
                while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
            return token;
        }
        start = end = text.Length;
        return null;
    }

    AddedToken? Longest(ReadOnlySpan<char> text, int start, out int end)
    {
        AddedToken? found = null;
        end = start;
        for (int node = 0, at = start; at < text.Length && trie.TryGetValue((node, text[at]), out node);)
        {
            at++;
            if (endsHere[node] is { } token) (found, end) = (token, at);
        }
        return found;
    }

    static bool BehindIsWord(ReadOnlySpan<char> text, int at) =>
        System.Text.Rune.DecodeLastFromUtf16(text[..at], out var rune, out _) == System.Buffers.OperationStatus.Done
            && CharSet.Word.Contains(rune.Value);

    static bool AheadIsWord(ReadOnlySpan<char> text, int at) =>
        System.Text.Rune.DecodeFromUtf16(text[at..], out var rune, out _) == System.Buffers.OperationStatus.Done && CharSet.Word.Contains(rune.Value);
}

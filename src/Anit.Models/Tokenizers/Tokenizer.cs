using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Anit.Models.Tokenizers;

/// <summary>Text to token ids and back, as a Hugging Face folder's tokenizer.json says: <c>Tokenizer.Load("Llama-3-8B").Encode("Hi")</c>.</summary>
/// <remarks>Reads BPE models, byte-level (GPT-2, LLaMA-3, Qwen) and letters with byte fallback (LLaMA-2, Gemma, Mistral), and WordPiece (BERT).
/// A component that is not supported fails the load by name. Safe to use from many threads. Unpaired surrogates are
/// read as U+FFFD. docs/tokenizers.md lists what is supported and against what it was checked.</remarks>
public sealed class Tokenizer
{
    readonly TokenizerFile file;
    readonly AddedTokens raw, normalized;
    readonly string?[] tokens;
    readonly HashSet<int> special, added;
    readonly ConcurrentBag<Workspace> workspaces = [];

    /// <summary>What one encoder needs at hand.</summary>
    sealed class Workspace
    {
        public CharBuffer Text { get; } = new();
        public Pieces Pieces { get; } = new();
        public BpeScratch Bpe { get; } = new();
        public WordCache Words { get; } = new();
        public List<int> Ids { get; } = [];
    }

    Tokenizer(TokenizerFile file)
    {
        this.file = file;
        raw = new(file.Added.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        normalized = new(file.Added.Where(t => t.Normalized).Select(t => (file.Normalizer?.Apply(t.Content) ?? t.Content, t)));
        special = [.. file.Added.Where(t => t.Special).Select(t => t.Id)];
        added = [.. file.Added.Select(t => t.Id)];
        tokens = new string?[Math.Max(file.Vocab.Values.DefaultIfEmpty(-1).Max(), file.Added.Select(t => t.Id).DefaultIfEmpty(-1).Max()) + 1];
        foreach (var (token, id) in file.Vocab) tokens[id] = token;
        foreach (var token in file.Added) tokens[token.Id] = token.Content;

        var config = file.Config;
        BosId = Named(config.Bos) ?? (file.Before.Count > 0 ? file.Before[0] : null);
        EosId = Named(config.Eos);
        PadId = Named(config.Pad);
        UnknownId = Named(config.Unknown);
        AddsBos = BosId is { } bos && (config.AddBos ?? file.Before.Contains(bos));
        AddsEos = EosId is { } eos && (config.AddEos ?? file.After.Contains(eos));
    }

    /// <summary>Reads a model folder or a tokenizer.json; tokenizer_config.json beside it names the special tokens.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or names a component that is not supported.</exception>
    public static Tokenizer Load(string modelFolderOrTokenizerJson) => new(new TokenizerFile(modelFolderOrTokenizerJson));

    /// <summary>The beginning-of-text token.</summary>
    public int? BosId { get; }

    /// <summary>The end-of-text token.</summary>
    public int? EosId { get; }

    /// <summary>The padding token.</summary>
    public int? PadId { get; }

    /// <summary>The token of unknown letters.</summary>
    public int? UnknownId { get; }

    /// <summary>Whether the model expects BOS before a text: add_bos_token, or else the template of the post-processor.</summary>
    public bool AddsBos { get; }

    /// <summary>Whether the model expects EOS after a text.</summary>
    public bool AddsEos { get; }

    /// <summary>Whether transformers would tidy spaces around punctuation after decoding (clean_up_tokenization_spaces).</summary>
    public bool CleansUp => file.Config.CleanUp;

    /// <summary>One more than the highest id.</summary>
    public int VocabSize => tokens.Length;

    /// <summary>The id of a token, written as in tokenizer.json.</summary>
    public int? IdOf(string token) => file.Find(token);

    /// <summary>The token of an id, written as in tokenizer.json; null for an id without one.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)tokens.Length ? tokens[id] : null;

    /// <summary>Whether an id is a special token, which decoding can leave out.</summary>
    public bool IsSpecial(int id) => special.Contains(id);

    /// <summary>Whether an id is of a token that stands beside the vocabulary, special or not: a mark, never a piece of a text's words.</summary>
    public bool IsAdded(int id) => added.Contains(id);

    /// <summary>The ids of a text, after BOS where asked.</summary>
    public int[] Encode(string text, bool addBos = false)
    {
        var ids = new List<int>(text.Length / 3 + 4);
        EncodeInto(text, ids, addBos);
        return [.. ids];
    }

    /// <summary>The ids of a text between the tokens the model expects around it, BOS or EOS or none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How many ids in all; the text is cut at its end where it gives more. None but those around it where they are more.</param>
    public int[] EncodeWithSpecials(string text, int most = int.MaxValue)
    {
        var ids = new List<int>(text.Length / 3 + 4);
        if (AddsBos && !file.Before.Contains(BosId!.Value)) ids.Add(BosId.Value);
        ids.AddRange(file.Before.Where(id => AddsBos || id != BosId));
        var before = ids.Count;
        List<int> after = [.. file.After.Where(id => AddsEos || id != EosId)];
        if (AddsEos && !file.After.Contains(EosId!.Value)) after.Add(EosId.Value);
        EncodeInto(text, ids);
        var room = Math.Max(0, most - before - after.Count);
        if (ids.Count - before > room) ids.RemoveRange(before + room, ids.Count - before - room);
        return [.. ids, .. after];
    }

    /// <summary>Appends the ids of a text to a list that can be used again and again.</summary>
    public void EncodeInto(ReadOnlySpan<char> text, List<int> ids, bool addBos = false)
    {
        if (addBos) ids.Add(BosId ?? throw new InvalidOperationException("this tokenizer has no BOS token; name bos_token in tokenizer_config.json"));
        if (text.IsEmpty) return;
        if (!workspaces.TryTake(out var work)) work = new();

        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0) text = WellFormed(text);
        for (var at = 0; at < text.Length;)
        {
            var token = raw.Find(text, at, out var start, out var end);
            if (start > at) EncodeSection(text[at..start], at == 0, work, ids);
            if (token is not null) ids.Add(token.Id);
            at = end;
        }
        workspaces.Add(work);
    }

    /// <summary>The text of ids. Ids without a token are left out, as Hugging Face's tokenizers do.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecial">Leave special tokens out.</param>
    /// <param name="cleanUp">Tidy spaces before English punctuation, as transformers does where <see cref="CleansUp"/>; not reversible.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = true, bool cleanUp = false)
    {
        var parts = new List<string>(ids.Length);
        foreach (var id in ids)
            if (TokenOf(id) is { } token && !(skipSpecial && special.Contains(id))) parts.Add(token);
        if (file.Decoder is null) return string.Join(' ', parts);
        file.Decoder.Apply(parts);
        var text = string.Concat(parts);
        return cleanUp ? Decoder.CleanUp(text) : text;
    }

    /// <summary>Text between added tokens: normalized, searched for those that are looked for in normalized text, then split.</summary>
    void EncodeSection(ReadOnlySpan<char> text, bool atStart, Workspace work, List<int> ids)
    {
        work.Text.Set(text);
        file.Normalizer?.Apply(work.Text);
        var section = work.Text.Span;
        if (!normalized.Any)
        {
            EncodeWords(section, atStart, work, ids);
            return;
        }
        for (var at = 0; at < section.Length;)
        {
            var token = normalized.Find(section, at, out var start, out var end);
            if (start > at) EncodeWords(section[at..start], atStart && at == 0, work, ids);
            if (token is not null) ids.Add(token.Id);
            at = end;
        }
    }

    void EncodeWords(ReadOnlySpan<char> text, bool atStart, Workspace work, List<int> ids)
    {
        if (text.IsEmpty) return;
        work.Pieces.Begin(text, atStart);
        file.PreTokenizer?.Apply(work.Pieces);
        text = work.Pieces.Text.Span;
        foreach (var (start, end) in work.Pieces.Ranges)
        {
            var word = text[start..end];
            if (word.Length > WordCache.LongestWord)
            {
                file.Model.Encode(word, work.Bpe, ids);
                continue;
            }
            var hash = WordCache.Hash(word);
            if (work.Words.TryGet(word, hash, out var found))
            {
                ids.AddRange(found);
                continue;
            }
            var before = ids.Count;
            file.Model.Encode(word, work.Bpe, ids);
            work.Words.Add(word, hash, CollectionsMarshal.AsSpan(ids)[before..]);
        }
    }

    int? Named(string? token) => token is null ? null : file.Find(token);

    static string WellFormed(ReadOnlySpan<char> text) => string.Create(text.Length, text, static (result, from) =>
    {
        from.CopyTo(result);
        for (var i = 0; i < result.Length; i++)
        {
            if (!char.IsSurrogate(result[i])) continue;
            if (char.IsHighSurrogate(result[i]) && i + 1 < result.Length && char.IsLowSurrogate(result[i + 1])) i++;
            else result[i] = '\uFFFD';
        }
    });
}

using System.Text;
using System.Text.Json;

namespace Anit.Models.Tokenizers;

/// <summary>Builds the steps of a tokenizer.json: what it names and we lack is one clear error, never ignored.</summary>
internal sealed class TokenizerSteps(string file)
{
    const string Gpt2Words = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Whether a ByteLevel pre-tokenizer was built: the vocabulary is then written in the byte alphabet.</summary>
    public bool ByteLevel { get; private set; }

    public Normalizer? Normalizer(JsonElement at, string path)
    {
        switch (Type(at, path))
        {
            case null: return null;
            case "Sequence": return new Normalizer.Sequence([.. Steps(at, path, "normalizers", Normalizer)]);
            case "NFC": return new Normalizer.Unicode(NormalizationForm.FormC);
            case "NFD": return new Normalizer.Unicode(NormalizationForm.FormD);
            case "NFKC": return new Normalizer.Unicode(NormalizationForm.FormKC);
            case "NFKD": return new Normalizer.Unicode(NormalizationForm.FormKD);
            case "Lowercase": return new Normalizer.Lowercase();
            case "StripAccents": return new Normalizer.StripAccents();
            case "BertNormalizer":
                var lower = Flag(at, "lowercase", true);
                return new BertNormalizer(Flag(at, "clean_text", true), Flag(at, "handle_chinese_chars", true), Flag(at, "strip_accents", lower),
                    lower);
            case "Strip": return new Normalizer.Strip(Flag(at, "strip_left", true), Flag(at, "strip_right", true));
            case "Prepend": return new Normalizer.Prepend(Text(at, path, "prepend"));
            case "Replace":
                var with = Text(at, path, "content");
                return at.GetProperty("pattern").TryGetProperty("String", out var literal) && literal.GetString() is [var from] && with is [var to]
                    ? new Normalizer.ReplaceLetter(from, to) : new Normalizer.Replace(Pattern(at, path), with);
            case var other:
                throw Unsupported(path, other, "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, BertNormalizer, Strip, Prepend, Replace, Sequence");
        }
    }

    public PreTokenizer? PreTokenizer(JsonElement at, string path)
    {
        if (ByteLevel && at.ValueKind == JsonValueKind.Object) throw Bad($"{path} comes after ByteLevel, which must be the last step");
        switch (Type(at, path))
        {
            case null: return null;
            case "Sequence": return new PreTokenizer.Sequence([.. Steps(at, path, "pretokenizers", PreTokenizer)]);
            case "Split":
                if (!Enum.TryParse<SplitBehavior>(Text(at, path, "behavior"), ignoreCase: true, out var behavior))
                    throw Bad($"{path}.behavior is '{Text(at, path, "behavior")}'; expected one of "
                        + $"{string.Join(", ", Enum.GetNames<SplitBehavior>())}");
                return new PreTokenizer.Split(Pattern(at, path), behavior, Flag(at, "invert", false));
            case "ByteLevel":
                ByteLevel = true;
                List<PreTokenizer> steps = [];
                if (Flag(at, "add_prefix_space", true)) steps.Add(new PreTokenizer.PrefixSpace());
                if (Flag(at, "use_regex", true)) steps.Add(new PreTokenizer.Split(Tokenizers.Pattern.Regex(Gpt2Words), SplitBehavior.Isolated));
                return new PreTokenizer.Sequence(steps);
            case "Metaspace":
                var mark = Mark(at, path);
                List<PreTokenizer> marks = [new PreTokenizer.Metaspace(mark, Scheme(at, path))];
                if (Flag(at, "split", true)) marks.Add(new PreTokenizer.Split(Tokenizers.Pattern.Literal($"{mark}"), SplitBehavior.MergedWithNext));
                return new PreTokenizer.Sequence(marks);
            case "Digits":
                return new PreTokenizer.Split(Tokenizers.Pattern.Regex(@"\p{N}"), Flag(at, "individual_digits", false) ? SplitBehavior.Isolated
                    : SplitBehavior.Contiguous);
            case "Whitespace": return new PreTokenizer.Split(Tokenizers.Pattern.Regex(@"[\w]+|[^\w\s]+"), SplitBehavior.Removed, invert: true);
            case "BertPreTokenizer": return new BertPreTokenizer();
            case "WhitespaceSplit": return new PreTokenizer.Split(Tokenizers.Pattern.Regex(@"\s"), SplitBehavior.Removed);
            case "Punctuation":
                var how = at.TryGetProperty("behavior", out var given) && Enum.TryParse<SplitBehavior>(given.GetString(), true, out var named) ? named
                    : SplitBehavior.Isolated;
                return new PreTokenizer.Split(Tokenizers.Pattern.Regex(@"[\p{P}$+<=>^`|~]"), how);
            case var other:
                throw Unsupported(path, other,
                    "Split, ByteLevel, Metaspace, Digits, Whitespace, WhitespaceSplit, BertPreTokenizer, Punctuation, Sequence");
        }
    }

    public Decoder? Decoder(JsonElement at, string path, IReadOnlySet<string> added)
    {
        switch (Type(at, path))
        {
            case null: return null;
            case "Sequence": return new Decoder.Sequence([.. Steps(at, path, "decoders", (step, where) => Decoder(step, where, added))]);
            case "ByteLevel": return new Decoder.ByteLevel(added);
            case "ByteFallback": return new Decoder.ByteFallback();
            case "Fuse": return new Decoder.Fuse();
            case "Strip":
                return new Decoder.Strip(Text(at, path, "content") is [var letter] ? letter : throw Bad($"{path}.content is not one letter"),
                    at.GetProperty("start").GetInt32(), at.GetProperty("stop").GetInt32());
            case "Replace": return new Decoder.Replace(Pattern(at, path), Text(at, path, "content"));
            case "Metaspace": return new Decoder.Metaspace(Mark(at, path), Scheme(at, path));
            case "WordPiece": return new Decoder.WordPiece(Text(at, path, "prefix"), Flag(at, "cleanup", true));
            case var other: throw Unsupported(path, other, "ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace, WordPiece, Sequence");
        }
    }

    /// <summary>Names of the tokens put before and after a text.</summary>
    public (List<string> Before, List<string> After) Template(JsonElement at, string path)
    {
        List<string> before = [], after = [];
        switch (Type(at, path))
        {
            case null or "ByteLevel": break; // ByteLevel trims offsets only
            case "Sequence":
                var i = 0;
                foreach (var step in at.GetProperty("processors").EnumerateArray())
                {
                    var (first, last) = Template(step, $"{path}.processors[{i++}]");
                    before.InsertRange(0, first);
                    after.AddRange(last);
                }
                break;
            case "TemplateProcessing":
                var side = before;
                foreach (var piece in at.GetProperty("single").EnumerateArray())
                {
                    if (piece.TryGetProperty("SpecialToken", out var special)) side.Add(Text(special, path, "id"));
                    else side = after;
                }
                break;
            case "RobertaProcessing" or "BertProcessing":
                before.Add(at.GetProperty("cls")[0].GetString()!);
                after.Add(at.GetProperty("sep")[0].GetString()!);
                break;
            case var other: throw Unsupported(path, other, "TemplateProcessing, ByteLevel, RobertaProcessing, BertProcessing, Sequence");
        }
        return (before, after);
    }

    static List<T> Steps<T>(JsonElement at, string path, string name, Func<JsonElement, string, T?> build) where T : class
    {
        List<T> steps = [];
        foreach (var step in at.GetProperty(name).EnumerateArray())
            if (build(step, $"{path}.{name}[{steps.Count}]") is { } built) steps.Add(built);
        return steps;
    }

    Pattern Pattern(JsonElement at, string path)
    {
        var pattern = at.GetProperty("pattern");
        if (pattern.ValueKind == JsonValueKind.Object && pattern.TryGetProperty("String", out var literal)
            && literal.GetString() is { Length: > 0 } text)
            return Tokenizers.Pattern.Literal(text);
        if (pattern.ValueKind != JsonValueKind.Object || !pattern.TryGetProperty("Regex", out var regex))
            throw Bad($"{path}.pattern is {pattern.GetRawText()}; expected {{\"String\": ...}} or {{\"Regex\": ...}}");
        try
        {
            return Tokenizers.Pattern.Regex(regex.GetString()!);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"{file}: {path}: {e.Message}", e);
        }
    }

    char Mark(JsonElement at, string path) => Text(at, path, "replacement") is [var mark] ? mark : throw Bad($"{path}.replacement is not one letter");

    PrependScheme Scheme(JsonElement at, string path)
    {
        if (!at.TryGetProperty("prepend_scheme", out var scheme))
            return Flag(at, "add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never;
        return Enum.TryParse<PrependScheme>(scheme.GetString(), ignoreCase: true, out var named) ? named
            : throw Bad($"{path}.prepend_scheme is '{scheme}'; expected always, first or never");
    }

    string? Type(JsonElement at, string path) => at.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.Object => Text(at, path, "type"),
        _ => throw Bad($"{path} is {at.ValueKind}; expected an object or null"),
    };

    string Text(JsonElement at, string path, string name) =>
        at.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!
            : throw Bad($"{path} has no text '{name}'");

    static bool Flag(JsonElement at, string name, bool otherwise) =>
        at.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.ValueKind == JsonValueKind.True : otherwise;

    InvalidDataException Bad(string what) => new($"{file}: {what}");

    InvalidDataException Unsupported(string path, string? type, string supported) =>
        Bad($"{path} is of type '{type}', which is not supported; supported: {supported}");
}

using System.Text;

namespace Anit.Models.Tokenizers;

/// <summary>A step from token strings back to text: the "decoder" of tokenizer.json. The last step's strings are joined.</summary>
internal abstract class Decoder
{
    public abstract void Apply(List<string> tokens);

    public sealed class Sequence(IReadOnlyList<Decoder> steps) : Decoder
    {
        public override void Apply(List<string> tokens)
        {
            foreach (var step in steps) step.Apply(tokens);
        }
    }

    /// <summary>Letters of the byte alphabet to bytes to UTF-8; added tokens stand for themselves.</summary>
    public sealed class ByteLevel(IReadOnlySet<string> added) : Decoder
    {
        public override void Apply(List<string> tokens)
        {
            var bytes = new List<byte>();
            foreach (var token in tokens)
            {
                var before = bytes.Count;
                var plain = added.Contains(token);
                for (var i = 0; i < token.Length && !plain; i++)
                {
                    var b = ByteAlphabet.Byte(token[i]);
                    if (b >= 0) bytes.Add((byte)b);
                    else plain = true;
                }
                if (!plain) continue;
                bytes.RemoveRange(before, bytes.Count - before);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
            }
            tokens.Clear();
            tokens.Add(Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)));
        }
    }

    /// <summary>Runs of &lt;0xNN&gt; to UTF-8; a run that is no UTF-8 gives one U+FFFD a byte.</summary>
    public sealed class ByteFallback : Decoder
    {
        static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

        public override void Apply(List<string> tokens)
        {
            var run = new List<byte>();
            var result = new List<string>();
            foreach (var token in tokens)
            {
                if (token is ['<', '0', 'x', var high, var low, '>'] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low))
                {
                    run.Add(Convert.ToByte(token[3..5], 16));
                    continue;
                }
                End(run, result);
                result.Add(token);
            }
            End(run, result);
            tokens.Clear();
            tokens.AddRange(result);
        }

        static void End(List<byte> run, List<string> result)
        {
            if (run.Count == 0) return;
            var bytes = run.ToArray();
            result.Add(System.Text.Unicode.Utf8.IsValid(bytes) ? strict.GetString(bytes) : new string('\uFFFD', bytes.Length));
            run.Clear();
        }
    }

    public sealed class Fuse : Decoder
    {
        public override void Apply(List<string> tokens)
        {
            var whole = string.Concat(tokens);
            tokens.Clear();
            tokens.Add(whole);
        }
    }

    /// <summary>Takes up to so many of one letter off both ends of each string.</summary>
    public sealed class Strip(char letter, int start, int stop) : Decoder
    {
        public override void Apply(List<string> tokens)
        {
            for (var i = 0; i < tokens.Count; i++)
            {
                var token = tokens[i];
                var (from, to) = (0, token.Length);
                while (from < Math.Min(start, to) && token[from] == letter) from++;
                while (to > from && token.Length - to < stop && token[to - 1] == letter) to--;
                tokens[i] = token[from..to];
            }
        }
    }

    public sealed class Replace(Pattern pattern, string with) : Decoder
    {
        public override void Apply(List<string> tokens)
        {
            for (var i = 0; i < tokens.Count; i++) tokens[i] = pattern.Replace(tokens[i], with);
        }
    }

    /// <summary>▁ to spaces; those of the first token go, of which one was put before the text.</summary>
    public sealed class Metaspace(char mark, PrependScheme scheme) : Decoder
    {
        public override void Apply(List<string> tokens)
        {
            for (var i = 0; i < tokens.Count; i++)
                tokens[i] = tokens[i].Replace($"{mark}", i == 0 && scheme != PrependScheme.Never ? "" : " ", StringComparison.Ordinal);
        }
    }

    /// <summary>Tokens that begin with the prefix go on in a word; before all others but the first comes a space.</summary>
    public sealed class WordPiece(string prefix, bool cleanUp) : Decoder
    {
        public override void Apply(List<string> tokens)
        {
            for (var i = 0; i < tokens.Count; i++)
            {
                var token = tokens[i];
                if (i > 0) token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
                tokens[i] = cleanUp ? CleanUp(token) : token;
            }
        }
    }

    /// <summary>transformers' clean_up_tokenization: English punctuation without a space before it.</summary>
    public static string CleanUp(string text) => text
        .Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal).Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal).Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" 's", "'s", StringComparison.Ordinal)
            .Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);
}

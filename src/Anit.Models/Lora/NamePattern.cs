using System.Text.RegularExpressions;

namespace Anit.Models.Lora;

/// <summary>A regular expression over the names of layers, as an adapter_config.json has them.</summary>
sealed class NamePattern
{
    const string Probe = "model.layers.0.self_attn.q_proj";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1); // a name is short; only a hostile expression takes longer

    readonly Regex whole;
    readonly Func<string, InvalidDataException> bad;
    readonly string key;

    /// <summary>Reads an expression.</summary>
    /// <param name="text">As it stands in the file.</param>
    /// <param name="around">What is matched: the text stands for {0}.</param>
    /// <param name="key">The key it stands at.</param>
    /// <param name="bad">Makes an error of a text.</param>
    /// <exception cref="InvalidDataException">It is no regular expression, or one that takes too long.</exception>
    public NamePattern(string text, string around, string key, Func<string, InvalidDataException> bad)
    {
        (Text, this.key, this.bad) = (text, key, bad);
        try
        {
            _ = new Regex(text, RegexOptions.CultureInvariant, Patience); // alone: a bracket too many may not close ours
            whole = new(around.Replace("{0}", text, StringComparison.Ordinal), RegexOptions.CultureInvariant, Patience);
        }
        catch (RegexParseException)
        {
            throw bad($"{key} '{text}' is no regular expression that can be read");
        }
        Match(Probe);
    }

    /// <summary>As it stands in the file.</summary>
    public string Text { get; }

    /// <summary>The match of a layer's full name.</summary>
    /// <exception cref="InvalidDataException">The expression takes too long on it.</exception>
    public Match Match(string name)
    {
        try
        {
            return whole.Match(name);
        }
        catch (RegexMatchTimeoutException)
        {
            throw bad($"{key} '{Text}' takes too long to be matched with {name}; write a simpler regular expression");
        }
    }
}

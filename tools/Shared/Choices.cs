using System.CommandLine;
using System.Globalization;

namespace Anit.Tools;

/// <summary>Options that the text tools share.</summary>
static class Choices
{
    /// <summary>A decimal share from 0 to 1, so that 0.7 of ten words is seven words.</summary>
    public static Option<decimal> Share(string name, string description, decimal preset)
    {
        return new(name)
        {
            Description = description, HelpName = "share", DefaultValueFactory = _ => preset,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1) return share;
                result.AddError($"{name} is {text}; expected a number from 0 to 1");
                return preset;
            },
        };
    }

    /// <summary>One name of an enumeration, in lower case.</summary>
    public static Option<Word<T>> One<T>(string name, string description, T preset) where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(n => n.ToLowerInvariant()).ToArray();
        var option = new Option<Word<T>>(name)
        {
            Description = $"{description} ({string.Join(", ", names)})", HelpName = string.Join('|', names), DefaultValueFactory = _ => preset,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (Array.IndexOf(names, text) is >= 0 and var i) return Enum.GetValues<T>()[i];
                result.AddError($"{name} is {text}; expected {Expected(text, names)}");
                return preset;
            },
        };
        option.CompletionSources.Add(names);
        return option;
    }

    /// <summary>One of some words; the first is the default.</summary>
    public static Option<string?> Word(string name, string description, IReadOnlyList<string> words)
    {
        var option = new Option<string?>(name)
        {
            Description = $"{description} ({string.Join(", ", words)})", HelpName = string.Join('|', words), DefaultValueFactory = _ => words[0],
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !words.Contains(text))
                result.AddError($"{name} is {text}; expected {Expected(text, words)}");
        });
        option.CompletionSources.Add([.. words]);
        return option;
    }

    /// <summary>The words that are expected, and the nearest to the one given.</summary>
    public static string Expected(string word, IReadOnlyList<string> words) =>
        string.Join(", ", words) + (Anit.Cli.Nearest.Of(word, words) is { } near ? $"; did you mean {near}?" : "");

    /// <summary><c>--threads</c>.</summary>
    public static Option<int> Threads() =>
        Anit.Cli.Opt.Count("--threads", "Threads; the result is the same for any number.", Environment.ProcessorCount);

    /// <summary>The column of clean texts.</summary>
    public static Option<string> Column() => new("--column")
    {
        Description = "The column of clean texts; noisy ones stand in noisy_<column>.", HelpName = "name", DefaultValueFactory = _ => "instruction",
    };
}

/// <summary>A value of an enumeration that shows itself as the word a user types.</summary>
readonly record struct Word<T>(T Value) where T : struct, Enum
{
    public static implicit operator T(Word<T> word) => word.Value;

    public static implicit operator Word<T>(T value) => new(value);

    public override string ToString() => Value.ToString().ToLowerInvariant();
}

using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;

namespace Anit.Cli;

/// <summary>The options that mean the same in every tool.</summary>
public static class Opt
{
    /// <summary>The input table; standard input when absent or "-".</summary>
    public static Argument<string[]> Input(string description = "The table to read (Parquet, Arrow, JSONL, CSV, by its first bytes): a file, or "
        + "several, folders and patterns (\"data/*.parquet\") as one table; standard input when absent or -.") =>
        new("input") { Arity = ArgumentArity.ZeroOrMore, Description = description };

    /// <summary>Where the result goes.</summary>
    public static Option<string?> Output() =>
        new("--output", "-o") { Description = "Where to write, format by extension: .parquet .arrow .arrows .jsonl .csv; an Arrow stream on standard "
            + "output when absent or -.", HelpName = "file" };

    /// <summary>No progress on standard error.</summary>
    public static Option<bool> Quiet() => new("--quiet", "-q") { Description = "No progress on standard error." };

    /// <summary>Run although the output is up to date, and replace what is there.</summary>
    public static Option<bool> Force() =>
        new("--force") { Description = "Run although the output is up to date, and replace a file that is not one of ours." };

    /// <summary>Say what would be done and write nothing.</summary>
    public static Option<bool> DryRun() => new("--dry-run") { Description = "Show what would be done, write nothing." };

    /// <summary>Seed of everything random.</summary>
    public static Option<ulong> Seed() => Read("--seed", "Seed of everything random.", "n", 42UL, $"a whole number from 0 to {ulong.MaxValue}",
        (string text, out ulong value) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value));

    /// <summary>A YAML file with options; flags win.</summary>
    public static Option<string?> Config() =>
        new(ConfigFile.OptionName) { Description = "A YAML file of options (long names without dashes); flags win.", HelpName = "file" };

    /// <summary>An option whose number must lie in a closed range.</summary>
    public static Option<double> Number(string name, string description, double preset, double from, double to) =>
        Read(name, description, "x", preset, Range(from, to), (string text, out double value) => Number(text, from, to, out value));

    /// <summary>An option for a number of a closed range that has no value when it is not given.</summary>
    public static Option<double?> Number(string name, string description, double from, double to = double.MaxValue)
    {
        var option = Read<double?>(name, description, "x", null, Range(from, to), (string text, out double? value) =>
        {
            var isOne = Number(text, from, to, out var number);
            value = number;
            return isOne;
        });
        option.DefaultValueFactory = null;
        return option;
    }

    /// <summary>An option whose whole number must lie in a closed range.</summary>
    public static Option<int> Count(string name, string description, int preset, int from = 1, int to = int.MaxValue) =>
        Read(name, description, "n", preset, $"a whole number from {from} to {to}",
            (string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
                && value >= from && value <= to);

    /// <summary>An option for a whole number that has no value when it is not given.</summary>
    public static Option<int?> OptionalCount(string name, string description, int from = 0, params string[] aliases)
    {
        var option = Read<int?>(name, description, "n", null, $"a whole number from {from} to {int.MaxValue}", (string text, out int? value) =>
        {
            var isOne = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            value = number;
            return isOne && number >= from;
        });
        option.DefaultValueFactory = null;
        foreach (var alias in aliases) option.Aliases.Add(alias);
        return option;
    }

    /// <summary>Words that a shell offers for an option which also takes others, and several with commas between them.</summary>
    public static Option<T> Offering<T>(this Option<T> option, IEnumerable<string> words)
    {
        option.CompletionSources.Add(context =>
        {
            // Asked without a text, the words would be all that the option takes.
            if (context is not TextCompletionContext) return [];
            var before = context.WordToComplete[..(context.WordToComplete.LastIndexOf(',') + 1)];
            return words.Select(word => new CompletionItem(before + word));
        });
        return option;
    }

    /// <summary>An option for names, of columns say: one an argument, or several with commas between them (a comma of a name's own is \,).</summary>
    public static Option<string[]> Names(string name, string description, params string[] preset) => new(name)
    {
        Description = description, HelpName = "name,...", AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = preset.Length == 0 ? null : _ => preset,
        CustomParser = result =>
        {
            var names = result.Tokens.SelectMany(token => Split(token.Value)).ToArray();
            foreach (var text in names)
                if (text.Length == 0) result.AddError($"{name} has an empty name; expected names with commas between them");
                // Names may follow one another, so that a table named after them is taken for one.
                else if (Path.HasExtension(text) && File.Exists(text))
                    result.AddError($"{name} took the file {text} for a name; name the table before {name}");
            return names;
        },
    };

    static IEnumerable<string> Split(string names) => names.Replace("\\,", "\0", StringComparison.Ordinal).Split(',')
        .Select(name => name.Replace('\0', ','));

    delegate bool Reader<T>(string text, out T value);

    static Option<T> Read<T>(string name, string description, string helpName, T preset, string expected, Reader<T> read) => new(name)
    {
        Description = description, HelpName = helpName, DefaultValueFactory = _ => preset,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (read(text, out var value)) return value;
            result.AddError($"{name} is {(text.Length == 0 ? "empty" : text)}; expected {expected}");
            return preset;
        },
    };

    static bool Number(string text, double from, double to, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value >= from && value <= to;

    static string Range(double from, double to) => to < double.MaxValue ? $"a number from {from} to {to}" : $"a number from {from} upwards";
}

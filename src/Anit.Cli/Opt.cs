using System.CommandLine;

namespace Anit.Cli;

/// <summary>The options that mean the same in every tool.</summary>
public static class Opt
{
    /// <summary>The input table; standard input when absent or "-".</summary>
    public static Argument<string?> Input(string description = "The table to read (Parquet, Arrow, JSONL, CSV, by its first bytes); standard input when absent or -.") =>
        new("input") { Arity = ArgumentArity.ZeroOrOne, Description = description };

    /// <summary>Where the result goes.</summary>
    public static Option<string?> Output() =>
        new("--output", "-o") { Description = "Where to write, format by extension: .parquet .arrow .arrows .jsonl .csv; an Arrow stream on standard output when absent or -.", HelpName = "file" };

    /// <summary>No progress on standard error.</summary>
    public static Option<bool> Quiet() => new("--quiet", "-q") { Description = "No progress on standard error." };

    /// <summary>Run although the output is up to date, and replace what is there.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Run although the output is up to date, and replace a file that is not one of ours." };

    /// <summary>Say what would be done and write nothing.</summary>
    public static Option<bool> DryRun() => new("--dry-run") { Description = "Show what would be done, write nothing." };

    /// <summary>Seed of everything random.</summary>
    public static Option<ulong> Seed() => new("--seed") { Description = "Seed of everything random.", DefaultValueFactory = _ => 42UL, HelpName = "n" };

    /// <summary>A YAML file with options; flags win.</summary>
    public static Option<string?> Config() => new(ConfigFile.OptionName) { Description = "A YAML file of options (long names without dashes); flags win.", HelpName = "file" };

    /// <summary>An option whose number must lie in a closed range.</summary>
    public static Option<double> Number(string name, string description, double preset, double from, double to)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => preset, HelpName = "x" };
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<double>();
            if (!(value >= from && value <= to)) result.AddError($"{name} is {value}; expected a number from {from} to {to}");
        });
        return option;
    }

    /// <summary>An option whose whole number must not be below a bound.</summary>
    public static Option<int> Count(string name, string description, int preset, int from = 1)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => preset, HelpName = "n" };
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<int>();
            if (value < from) result.AddError($"{name} is {value}; expected a whole number of at least {from}");
        });
        return option;
    }
}

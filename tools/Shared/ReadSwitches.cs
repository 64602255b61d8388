using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools;

/// <summary>How a run reads its tables: every command of every tool has these switches, and <see cref="TableInput"/> obeys them.</summary>
static class ReadSwitches
{
    static readonly Option<bool> NoChecksums = new("--no-verify-checksums")
    {
        Description = "Parquet: read pages that do not match their checksum.", Recursive = true,
    };

    static readonly Option<bool> Truncated = new("--allow-truncated")
    {
        Description = "Take an Arrow stream that ends early as far as it got.", Recursive = true,
    };

    static readonly Option<bool> Repeated = new("--repeated-ids")
    {
        Description = "Several files: read them although an id occurs in more than one row.", Recursive = true,
    };

    static readonly Option<ReadLimits> Limit = new("--read-limit")
    {
        Description = $"Raise or lower a bound on what an input may take ({string.Join(", ", Bounds.Known.Keys)}), in bytes (also 512K, 64M, 2G) or "
            + "as a count.",
        HelpName = "name=n", Recursive = true, Arity = ArgumentArity.OneOrMore, CustomParser = Bounds.Parse,
    };

    static readonly Option<string?> Split = new("--split")
    {
        Description = "Of a folder of splits, as load_dataset reads them, only this one (train, test, ...).", HelpName = "name",
    };

    static string? split;

    /// <summary>What the user gave.</summary>
    public static ReadOptions Given { get; private set; } = new();

    /// <summary>Whether ids may repeat among several files.</summary>
    public static bool RepeatedIds { get; private set; }

    /// <summary>The tool with the switches.</summary>
    public static RootCommand AddTo(RootCommand root)
    {
        foreach (var option in new Option[] { NoChecksums, Truncated, Repeated, Limit }) root.Options.Add(option);
        // Not for all: import has a --split of its own, and what reads no table needs none.
        foreach (var command in root.Subcommands.Prepend(root))
            if (command.Action is not null && command.Arguments.Any(a => a.Name == "input") && command.Options.All(o => o.Name != Split.Name))
                command.Options.Add(Split);
        return root;
    }

    /// <summary>The names of a table: a folder stands for the files of the split that was asked for.</summary>
    public static IReadOnlyList<string> OfSplit(IReadOnlyList<string> names) =>
        split is null ? names : [.. names.SelectMany(name => Directory.Exists(name) ? HubFolder.FilesOf(name, split) : [name])];

    /// <summary>Takes the switches from the command line.</summary>
    public static void Take(ParseResult given)
    {
        Given = new()
        {
            VerifyChecksums = !given.GetValue(NoChecksums), AllowTruncated = given.GetValue(Truncated), Limits = given.GetValue(Limit)
                ?? ReadLimits.Default,
        };
        RepeatedIds = given.GetValue(Repeated);
        split = given.CommandResult.Command.Options.Contains(Split) ? given.GetValue(Split) : null;
        if (split is not null && !given.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Any(t => Directory.Exists(t.Value)))
            throw new UserError("--split has no effect without a folder of splits; leave it out or name a folder", Exit.Usage);
    }

    /// <summary><c>--type</c>: the types of columns of JSON and CSV.</summary>
    public static Option<Dictionary<string, DataType>> Types() => new("--type")
    {
        Description = "JSON and CSV: the type of a column (who.age and ids.element reach inside): text, int64, double, decimal(p,s), bool, date, "
            + "timestamp(us), ...",
        HelpName = "column=type", Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var types = new Dictionary<string, DataType>();
            foreach (var (column, name) in Pairs(result, "--type", "column=type"))
            {
                if (!DataType.TryParse(name, out var type))
                    result.AddError($"--type {column} is {name}; expected text, bool, int8 to uint64, float, double, decimal(p,s), date, "
                        + "timestamp(s|ms|us|ns[,zone]) or list<...>");
                else if (!types.TryAdd(column, type)) result.AddError($"--type names {column} twice");
            }
            return types;
        },
    };

    /// <summary><c>--memory</c>: what a command keeps of rows before it goes to temporary files.</summary>
    public static Option<Bytes> Memory() => new("--memory")
    {
        Description = "Bytes of rows to keep in memory, also as 64M or 2G; what is more lies in temporary files (TMPDIR).", HelpName = "bytes",
        DefaultValueFactory = _ => new(RowTransforms.Memory),
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (Bounds.Size(text) is { } size) return new(size);
            result.AddError($"--memory is {(text.Length == 0 ? "empty" : text)}; expected a number from 1 to {Array.MaxLength}, also as 512K, "
                + $"64M or 1G");
            return default;
        },
    };

    // Names may hold an equals sign, what they are given does not.
    public static IEnumerable<(string Name, string Value)> Pairs(ArgumentResult result, string option, string form)
    {
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            var at = text.LastIndexOf('=');
            if (text.StartsWith("--", StringComparison.Ordinal)) continue; // a mistyped option, which is told as such
            if (at > 0) yield return (text[..at], text[(at + 1)..]);
            else result.AddError($"{option} is {text}; expected {form}");
        }
    }

    static class Bounds
    {
        public static readonly Dictionary<string, Func<ReadLimits, long, ReadLimits>> Known = new(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(ReadLimits.MetadataBytes)] = (limits, n) => limits with { MetadataBytes = n },
            [nameof(ReadLimits.PageBytes)] = (limits, n) => limits with { PageBytes = n },
            [nameof(ReadLimits.BodyBytes)] = (limits, n) => limits with { BodyBytes = n },
            [nameof(ReadLimits.CellBytes)] = (limits, n) => limits with { CellBytes = n },
            [nameof(ReadLimits.BatchBytes)] = (limits, n) => limits with { BatchBytes = n },
            [nameof(ReadLimits.ExpandedBytes)] = (limits, n) => limits with { ExpandedBytes = n },
            [nameof(ReadLimits.Depth)] = (limits, n) => limits with { Depth = (int)n },
            [nameof(ReadLimits.Leaves)] = (limits, n) => limits with { Leaves = (int)n },
            [nameof(ReadLimits.MetadataElements)] = (limits, n) => limits with { MetadataElements = (int)n },
        };

        public static ReadLimits Parse(ArgumentResult result)
        {
            var limits = ReadLimits.Default;
            foreach (var (name, text) in Pairs(result, "--read-limit", "name=n"))
            {
                if (!Known.TryGetValue(name, out var set)) result.AddError($"--read-limit has no {name}; expected {string.Join(", ", Known.Keys)}");
                else if (Size(text) is { } size) limits = set(limits, size);
                else result.AddError($"--read-limit {name} is {text}; expected a number from 1 to {Array.MaxLength}, also as 512K, 64M or 1G");
            }
            return limits;
        }

        // One piece of memory cannot be larger than an array.
        public static long? Size(string text)
        {
            var shift = text is [.., 'K' or 'k'] ? 10 : text is [.., 'M' or 'm'] ? 20 : text is [.., 'G' or 'g'] ? 30 : 0;
            return long.TryParse(shift > 0 ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= 1 && number <= Array.MaxLength >> shift ? number << shift : null;
        }
    }
}

/// <summary>A number of bytes that shows itself as it is typed.</summary>
readonly record struct Bytes(long Count)
{
    public override string ToString() => Count % (1 << 20) == 0 ? $"{Count >> 20}M" : $"{Count}";
}

using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.Reflection;
using Anit.Cli;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Every option and argument of every command with values that are wrong: code 2 and one line that names it. In process, from the tools' own
/// model.</summary>
[Collection(nameof(CommandLineTests))] // captures the console
public sealed class CommandLineTests
{
    const string NoFile = "/none/in.jsonl"; // what is accepted by mistake fails at once, and otherwise

    public static TheoryData<string> Tools { get; } = ["anit-data", "anit-noise", "anit-score", "anit-train", "anit-eval"];

    [Theory, MemberData(nameof(Tools))]
    public void Every_option_refuses_every_bad_value_in_one_line(string tool)
    {
        var faults = new List<string>();
        foreach (var (path, command) in Commands(tool))
        {
            foreach (var option in command.Options.Where(o => o is not (HelpOption or VersionOption)))
            {
                foreach (var value in BadValues(option))
                {
                    if (!IsFlag(option)) Check(faults, tool, [.. path, .. Needed(command, but: option), option.Name, value], mentions: option.Name);
                    if (value.Length > 0)
                        Check(faults, tool, [.. path, .. Needed(command, but: option), $"{option.Name}={value}"], mentions: option.Name);
                }
                if (!IsFlag(option)) Check(faults, tool, [.. path, .. Needed(command, but: option), option.Name], mentions: option.Name);
                foreach (var miss in NearMisses(option))
                    Check(faults, tool, [.. path, .. Needed(command, but: option), option.Name, miss], mentions: "did you mean ");
                var typo = option.Name + "x";
                if (command.Options.All(o => o.Name != typo))
                    Check(faults, tool, [.. path, .. Needed(command), typo], mentions: $"did you mean {option.Name}?");
                if (option.Required) Check(faults, tool, [.. path, .. Needed(command, but: option)], mentions: option.Name);
            }
        }
        faults.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Tools))]
    public void Of_an_option_given_twice_the_later_one_counts(string tool)
    {
        var faults = new List<string>();
        foreach (var (path, command) in Commands(tool))
        {
            foreach (var option in command.Options.Where(o => !IsFlag(o) && o.Arity.MaximumNumberOfValues == 1 && o.HasDefaultValue))
            {
                if (option.GetDefaultValue() is not { } preset) continue;
                string[] once = [.. path, .. Needed(command, but: option), option.Name, $"{preset}"];
                string[] twice = [.. once, option.Name, $"{preset}"];
                if (Run(tool, twice) is var run && run.Code != Run(tool, once).Code) faults.Add($"{tool} {string.Join(' ', twice)}: {run.Error}");
                if (BadValues(option).FirstOrDefault(v => v.Length > 0) is { } bad)
                    Check(faults, tool, [.. once, option.Name, bad], mentions: option.Name);
            }
        }
        faults.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Tools))]
    public void Every_argument_refuses_bad_values_in_one_line(string tool)
    {
        var faults = new List<string>();
        foreach (var (path, command) in Commands(tool))
        {
            foreach (var argument in command.Arguments)
            {
                Check(faults, tool, [.. path, .. Needed(command, but: argument, instead: "")], mentions: argument.Name);
                foreach (var word in Words(argument).Take(1))
                    Check(faults, tool, [.. path, .. Needed(command, but: argument, instead: word + "x")], mentions: $"did you mean {word}?");
                if (argument.Arity.MinimumNumberOfValues > 0) Check(faults, tool, [.. path, .. Needed(command, but: argument)], mentions: null);
            }
            if (command.Arguments.All(a => a.Arity.MaximumNumberOfValues == 1))
            {
                string[] options = [.. Needed(command).SkipWhile(w => !w.StartsWith('-'))];
                Check(faults, tool, [.. path, .. command.Arguments.Select(_ => NoFile), "one-too-many", .. options], mentions: "one-too-many");
            }
        }
        faults.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Tools))]
    public void Defaults_that_help_shows_can_be_typed(string tool)
    {
        var faults = new List<string>();
        foreach (var (path, command) in Commands(tool))
        {
            foreach (var option in command.Options.Where(o => !IsFlag(o) && o.HasDefaultValue))
            {
                if (option.GetDefaultValue() is not { } preset) continue;
                string[] line = [.. path, .. Needed(command, but: option), option.Name, $"{preset}"];
                faults.AddRange(Root(tool).Parse(line).Errors.Select(e => $"{tool} {string.Join(' ', line)}: {e.Message}"));
                if (Words(option) is { Count: > 0 } words && !words.Contains($"{preset}"))
                    faults.Add($"{tool} {option.Name}: {preset} is none of {string.Join(' ', words)}");
            }
        }
        faults.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Tools))]
    public void Help_of_every_command_begins_with_an_example(string tool)
    {
        foreach (var (path, command) in Commands(tool))
        {
            var run = Run(tool, [.. path, "--help"]);
            (run.Code, run.Error).ShouldBe((0, ""));
            run.Output.ShouldMatch($"^Examples?:\n  [^\n]*{tool} ", $"{tool} {command.Name}");
        }
    }

    static IEnumerable<string> BadValues(Option option)
    {
        if (IsFlag(option)) return ["maybe"];
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        string[] wrong = Words(option).Count > 0 ? ["nonsense"]
            : type == typeof(int) || type == typeof(long) || type == typeof(ulong) ? ["text", "1.5", "-1", "1e3", "99999999999999999999999"]
            : type == typeof(double) || type == typeof(decimal) ? ["text", "nan", "-1", "1,5", "1e999"]
            : type.Name == "Shard" ? ["text", "3/3", "0/0", "-1/2", "1"]
            : [];
        return [.. wrong, ""];
    }

    static IEnumerable<string> NearMisses(Option option) =>
        Words(option).Where(w => w.Length > 3).Select(w => w[..^2] + w[^1]).Where(miss => !Words(option).Contains(miss));

    static List<string> Words(Symbol symbol) =>
        symbol is Option o && IsFlag(o) ? [] : [.. symbol.GetCompletions(CompletionContext.Empty).Select(c => c.Label.ToLowerInvariant())];

    static bool IsFlag(Option option) => option.ValueType == typeof(bool);

    /// <summary>What a command cannot do without, except for the symbol that is tried.</summary>
    static IEnumerable<string> Needed(Command command, Symbol? but = null, string? instead = null)
    {
        foreach (var argument in command.Arguments)
        {
            if (argument != but && argument.Arity.MinimumNumberOfValues > 0) yield return Words(argument).FirstOrDefault() ?? NoFile;
            if (argument == but && instead is not null) yield return instead;
        }
        if (command.Name == "sample" && but?.Name is not ("--rows" or "--share")) foreach (var word in (string[])["--rows", "5"]) yield return word;
        foreach (var option in command.Options.Where(o => o.Required && o != but))
        {
            yield return option.Name;
            yield return option.Name switch
            {
                "--where" => "id = 'a'", "--by" => "id", "--type" => "id=text", "--columns" => "id=name",
                _ => "/none/never-{}.parquet", // also a pattern for the parts of a split
            };
        }
    }

    static void Check(List<string> faults, string tool, string[] line, string? mentions)
    {
        var run = Run(tool, line);
        var shown = $"{tool} {string.Join(' ', line.Select(w => w.Length == 0 ? "''" : w))}";
        if (run.Code != 2) faults.Add($"{shown}: code {run.Code}, {run.Error.Split('\n')[0]}");
        else if (run.Error.Trim().Split('\n').Length != 1) faults.Add($"{shown}: {run.Error.Trim().Split('\n').Length} lines, {run.Error}");
        else if (run.Output.Length > 0) faults.Add($"{shown}: writes to standard output");
        else if (mentions is not null && !run.Error.Contains(mentions, StringComparison.Ordinal))
            faults.Add($"{shown}: no \"{mentions}\" in {run.Error.Trim()}");
        else if (run.Error.Contains("System.", StringComparison.Ordinal)) faults.Add($"{shown}: a type's name in {run.Error.Trim()}");
    }

    static Run Run(string tool, string[] line)
    {
        var (output, error, before) = (new StringWriter(), new StringWriter(), (Console.Out, Console.Error));
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            return new(App.Run(Root(tool), line, typeof(Data.DataFormatException)), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(before.Out);
            Console.SetError(before.Error);
        }
    }

    static IEnumerable<(string[] Path, Command Command)> Commands(string tool)
    {
        var root = Root(tool);
        if (root.Action is not null) yield return ([], root);
        foreach (var command in root.Subcommands) yield return ([command.Name], command);
    }

    // Loaded, not referenced: five programs have five types of one name.
    static RootCommand Root(string tool)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var assembly = Assembly.LoadFrom(Path.Combine(SharedData.Repository, "artifacts", "bin", tool, configuration, tool + ".dll"));
        var made = assembly.GetTypes().Select(t => t.GetMethod("Root", BindingFlags.Static | BindingFlags.Public, []))
            .Single(m => m?.ReturnType == typeof(RootCommand));
        return (RootCommand)made!.Invoke(null, null)!;
    }
}

using System.CommandLine;
using System.Globalization;
using Anit.Cli;
using Anit.Noise;
using Anit.Tools.Reports;

namespace Anit.Tools.Noise;

/// <summary>The options of anit-noise, and the record they become.</summary>
sealed class NoiseFlags
{
    public readonly StageFlags Files = new();
    public readonly Option<string> Noise = new Option<string>("--noise")
    {
        Description = $"Kind of noise ({string.Join("; ", NoiseKinds.All.Select(kind => $"{kind.Name}: {kind.Help}"))}), "
            + "or a mixture with weights such as replace:2,shuffle:1; all6 is the paper's six alike, all is every kind that needs no table.",
        HelpName = "kind", DefaultValueFactory = _ => "replace",
    }.Offering(["all6", "all", .. NoiseKinds.All.Select(kind => kind.Name)]);
    public readonly Option<decimal> Omega = Choices.Share("--omega", "Strength: share of an instruction's words that change.", 0.2m);
    public readonly Option<decimal> Phi = Choices.Share("--phi", "Share of the rows that become noisy.", 1m);
    public readonly Option<ulong> Seed = Opt.Seed();
    public readonly Option<int?> Epoch = Opt.OptionalCount("--epoch", "Draw the noise (and a bernoulli selection) anew for this epoch.");
    public readonly Option<Word<SelectionKind>> Selection =
        Choices.One("--selection", "Exactly the share phi of the rows, or each by itself with probability phi", SelectionKind.Fixed);
    public readonly Option<Word<WordCount>> Count = Choices.One("--count", "Words changed: k(omega, n), or uniform from 1 to k", WordCount.Fixed);
    public readonly Option<string> Vocabulary = new("--vocab")
    {
        Description = $"Words for {Names(NoiseNeeds.Vocabulary)}: english (built in), train (the words of --pool-column), "
            + "or a file with one word a line.",
        HelpName = "words", DefaultValueFactory = _ => "english",
    };
    public readonly Option<string?> Pool = new("--pool")
    {
        Description = $"Table whose texts {Names(NoiseNeeds.Texts)} draws from; the input itself when absent. Training rows only.",
        HelpName = "file",
    };
    public readonly Option<string> PoolColumn = new("--pool-column")
    {
        Description = $"Column of the texts for {Names(NoiseNeeds.Texts)} and for --vocab train.",
        HelpName = "name", DefaultValueFactory = _ => "text",
    };

    /// <summary>The settings of single kinds, as each noise describes them.</summary>
    public readonly IReadOnlyList<(NoiseDescription Kind, Option Option)> Settings =
        [.. NoiseKinds.All.SelectMany(kind => kind.Settings.Select(setting => (kind, SettingOption(setting))))];

    public readonly Option<string[]> Protect = new("--protect")
    {
        Description = "Regular expression; words that a match touches stay. May be repeated.",
        HelpName = "regex", Arity = ArgumentArity.OneOrMore,
    };
    public readonly Option<string?> ProtectList = new("--protect-list")
    {
        Description = "File of words, one a line, that stay and never come in as noise.", HelpName = "file",
    };
    public readonly Option<bool> AllowLabels = new("--allow-labels") { Description = "Let words of the row's options come in as noise." };
    public readonly Option<Word<Segmenter>> Segmenter =
        Choices.One("--segmenter", "What a word is; auto takes graphemes for unbroken CJK text", Anit.Noise.Text.Segmenter.Auto);
    public readonly Option<string> Column = new("--column")
    {
        Description = "The column of clean texts; noisy ones stand in noisy_<column>. Or texts inside it, which change where they stand: "
            + "\"messages[role=system].content\" of a list, prompt.text of a struct.",
        HelpName = "name", DefaultValueFactory = _ => "instruction",
    };
    public readonly Option<string> Id = new("--id")
    {
        Description = "The column of unique row ids, on which the noise hangs; # takes row numbers.",
        HelpName = "name", DefaultValueFactory = _ => "id",
    };
    public readonly Option<bool> Again = new("--again") { Description = "Drop noise (and scores) that the table has and draw anew." };
    public readonly Option<string?> Manifest = new("--manifest")
    {
        Description = "Write counts, distances and the words used to this JSON file.", HelpName = "file",
    };
    public readonly Option<string?> Report = ReportFile.Option("distances by noise, beta, aligned examples");
    public readonly Option<Shard> Shard = Tools.Shard.Option();
    public readonly Option<int> Threads = Choices.Threads();
    public readonly Option<bool> List = new("--list") { Description = "Show every kind of noise with an example, and do nothing else." };
    public readonly Option<bool> DryRun = Opt.DryRun();
    public readonly Option<int> Limit = Opt.Count("--limit", "Noisy rows that --dry-run and a terminal show.", 10);

    public NoiseFlags()
    {
        Noise.Validators.Add(result => Kinds(result.GetValueOrDefault<string>(), result.AddError));
        Protect.Validators.Add(r => { foreach (var p in r.GetValueOrDefault<string[]>() ?? []) Pattern(p, r.AddError); });
    }

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All =>
    [
        Files.Output, Noise, Omega, Phi, Seed, Epoch, Selection, Count, Vocabulary, Pool, PoolColumn, .. Settings.Select(s => s.Option),
        Protect, ProtectList, AllowLabels, Segmenter, Column, Id, Again, Manifest, Report, Files.To, Files.Force, Files.Explain, Files.Cache,
        Shard, Threads, List, DryRun, Limit, Files.Quiet, Opt.Config(),
    ];

    /// <summary>What was asked for; a setting of a kind that is not among the noises is an error.</summary>
    public NoiseOptions Of(ParseResult given)
    {
        given.RefuseBoth(Report, DryRun);
        var options = new NoiseOptions
        {
            Files = Files.Of(given), Kinds = Kinds(given.GetValue(Noise)!, _ => { }),
            Settings = Settings.Where(s => Value(given, s.Option) is not null).ToDictionary(s => s.Option.Name, s => Value(given, s.Option)!),
            Omega = given.GetValue(Omega), Phi = given.GetValue(Phi), Seed = given.GetValue(Seed), Epoch = given.GetValue(Epoch),
            Selection = given.GetValue(Selection), Count = given.GetValue(Count), Segmenter = given.GetValue(Segmenter),
            Vocabulary = given.GetValue(Vocabulary)!, Pool = given.GetValue(Pool), PoolColumn = given.GetValue(PoolColumn)!,
            Protect = given.GetValue(Protect) ?? [], ProtectList = given.GetValue(ProtectList), AllowLabels = given.GetValue(AllowLabels),
            Columns = new(given.GetValue(Column)!, given.GetValue(Id)!), Again = given.GetValue(Again), Manifest = given.GetValue(Manifest),
            Report = given.GetValue(Report),
            Shard = given.GetValue(Shard), Threads = given.GetValue(Threads), DryRun = given.GetValue(DryRun), Limit = given.GetValue(Limit),
        };
        foreach (var (kind, option) in Settings)
            if (given.GetResult(option) is { Implicit: false } && options.Kinds.All(k => k.Kind != kind))
                throw new UserError($"{option.Name} is for --noise {kind.Name}", Exit.Usage);
        foreach (var (kind, _) in options.Kinds)
            if (kind.Settings.FirstOrDefault(s => s.Required && !options.Settings.ContainsKey(s.Name)) is { } missing)
                throw new UserError($"--noise {kind.Name} needs {missing.Name}: {missing.Help}", Exit.Usage);
        return options;
    }

    static Option SettingOption(NoiseSetting setting)
    {
        if (setting.Words.Count > 0) return Choices.Word(setting.Name, setting.Help, setting.Words);
        return setting.Columns.Count > 0
            ? new Option<string?>(setting.Name) { Description = setting.Help, HelpName = "file" }
            : new Option<bool>(setting.Name) { Description = setting.Help };
    }

    // A word or file, empty for a switch that is on, null where nothing was given.
    static string? Value(ParseResult given, Option option) => option switch
    {
        Option<bool> flag => given.GetValue(flag) ? "" : null,
        Option<string?> word => given.GetValue(word),
        _ => throw new InvalidOperationException($"{option.Name} is no setting"),
    };

    static List<(NoiseDescription Kind, decimal Weight)> Kinds(string text, Action<string> wrong)
    {
        var kinds = new List<(NoiseDescription Kind, decimal)>();
        foreach (var part in text.Split(','))
        {
            var (name, weight) = part.Split(':') is [var n, var w] ? (n, w) : (part, "1");
            var meant = NoiseKinds.Group(name);
            if (meant.Count == 0)
                wrong($"--noise is {text}; '{name}' is no noise, expected {Choices.Expected(name, [.. NoiseKinds.Names, .. NoiseKinds.Groups])}");
            else if (kinds.Select(k => k.Kind).Intersect(meant).FirstOrDefault() is { } twice)
                wrong($"--noise is {text}; {twice.Name} stands there twice");
            else if (!decimal.TryParse(weight, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) || share <= 0)
                wrong($"--noise is {text}; the weight of {name} is {weight}, expected a number above 0");
            else kinds.AddRange(meant.Select(kind => (kind, share)));
        }
        return kinds;
    }

    static void Pattern(string pattern, Action<string> wrong)
    {
        try { _ = new Protection([pattern], []); }
        catch (Exception error) when (error is ArgumentException or NotSupportedException) { wrong($"--protect is {pattern}; {error.Message}"); }
    }

    static string Names(NoiseNeeds need) => string.Join(" and ", NoiseKinds.All.Where(kind => kind.Needs.HasFlag(need)).Select(kind => kind.Name));
}

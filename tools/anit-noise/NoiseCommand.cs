using System.CommandLine;
using System.Globalization;
using Anit.Cli;
using Anit.Noise;

namespace Anit.Tools.Noise;

/// <summary>What the user asked anit-noise to do.</summary>
sealed record NoiseOptions
{
    public required StageIO Files { get; init; }
    public required IReadOnlyList<(NoiseDescription Kind, decimal Weight)> Kinds { get; init; }

    /// <summary>The settings of single kinds: a word, a file, or empty for a switch.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public decimal Omega { get; init; }
    public decimal Phi { get; init; }
    public ulong Seed { get; init; }
    public int? Epoch { get; init; }
    public SelectionKind Selection { get; init; }
    public WordCount Count { get; init; }
    public Segmenter Segmenter { get; init; }
    public required string Vocabulary { get; init; }
    public string? Pool { get; init; }
    public required string PoolColumn { get; init; }
    public IReadOnlyList<string> Protect { get; init; } = [];
    public string? ProtectList { get; init; }
    public bool AllowLabels { get; init; }
    public required TableColumns Columns { get; init; }
    public bool Again { get; init; }
    public string? Manifest { get; init; }
    public Shard Shard { get; init; }
    public int Threads { get; init; }
    public bool DryRun { get; init; }
    public int Limit { get; init; }

    public bool Uses(NoiseNeeds need) => Kinds.Any(k => k.Kind.Needs.HasFlag(need));
}

/// <summary>anit-noise: makes a column noisy with exact strength and seed.</summary>
static class NoiseCommand
{
    public static RootCommand Root()
    {
        var files = new StageFlags();
        var noise = Mixture();
        var omega = Choices.Share("--omega", "Strength: share of an instruction's words that change.", 0.2m);
        var phi = Choices.Share("--phi", "Share of the rows that become noisy.", 1m);
        var seed = Opt.Seed();
        var epoch = Opt.OptionalCount("--epoch", "Draw the noise (and a bernoulli selection) anew for this epoch.");
        var selection = Choices.One("--selection", "Exactly the share phi of the rows, or each by itself with probability phi", SelectionKind.Fixed);
        var count = Choices.One("--count", "Words changed: k(omega, n), or uniform from 1 to k", WordCount.Fixed);
        var segmenter = Choices.One("--segmenter", "What a word is; auto takes graphemes for unbroken CJK text", Segmenter.Auto);
        var vocabulary = new Option<string>("--vocab")
        {
            Description = $"Words for {Names(NoiseNeeds.Vocabulary)}: english (built in), train (the words of --pool-column), "
                + "or a file with one word a line.",
            HelpName = "words", DefaultValueFactory = _ => "english",
        };
        var pool = new Option<string?>("--pool")
        {
            Description = $"Table whose texts {Names(NoiseNeeds.Texts)} draws from; the input itself when absent. Training rows only.",
            HelpName = "file",
        };
        var poolColumn = new Option<string>("--pool-column")
        {
            Description = $"Column of the texts for {Names(NoiseNeeds.Texts)} and for --vocab train.",
            HelpName = "name", DefaultValueFactory = _ => "text",
        };
        var protect = new Option<string[]>("--protect")
        {
            Description = "Regular expression; words that a match touches stay. May be repeated.",
            HelpName = "regex", Arity = ArgumentArity.OneOrMore,
        };
        protect.Validators.Add(r => { foreach (var p in r.GetValueOrDefault<string[]>() ?? []) Pattern(p, r.AddError); });
        var protectList = new Option<string?>("--protect-list")
        {
            Description = "File of words, one a line, that stay and never come in as noise.", HelpName = "file",
        };
        var allowLabels = new Option<bool>("--allow-labels") { Description = "Let words of the row's options come in as noise." };
        var column = Choices.Column();
        var id = new Option<string>("--id")
        {
            Description = "The column of unique row ids, on which the noise hangs; # takes row numbers.",
            HelpName = "name", DefaultValueFactory = _ => "id",
        };
        var again = new Option<bool>("--again") { Description = "Drop noise (and scores) that the table has and draw anew." };
        var manifest = new Option<string?>("--manifest")
        {
            Description = "Write counts, distances and the words used to this JSON file.", HelpName = "file",
        };
        var shard = Shard.Option();
        var threads = Choices.Threads();
        var dryRun = Opt.DryRun();
        var limit = Opt.Count("--limit", "Noisy rows that --dry-run and a terminal show.", 10);
        var settings = NoiseKinds.All.SelectMany(kind => kind.Settings.Select(setting => (Kind: kind, Option: SettingOption(setting)))).ToList();

        var root = new RootCommand("Makes the instructions of a dataset noisy: exact strength, exact share, same noise for the same seed and row id.")
        {
            files.Input, files.Output, noise, omega, phi, seed, epoch, selection, count, vocabulary, pool, poolColumn,
        };
        foreach (var (_, option) in settings) root.Options.Add(option);
        foreach (var option in new Option[]
                 {
                     protect, protectList, allowLabels, segmenter, column, id, again, manifest, files.To, files.Force, files.Explain, files.Cache,
                     shard, threads,
                     dryRun, limit, files.Quiet, Opt.Config(),
                 })
            root.Options.Add(option);
        root.Example(
            "anit-noise train.parquet --noise replace --omega 0.2 --phi 0.5 --seed 42 -o noisy.parquet",
            "anit-noise train.parquet --noise replace:2,shuffle:1 --dry-run",
            "anit-noise train.parquet --noise insert | anit-score -o scored.parquet");
        root.SetAction((given, stop) =>
        {
            var options = Options(given);
            foreach (var (kind, option) in settings)
                if (given.GetResult(option) is { Implicit: false } && options.Kinds.All(k => k.Kind != kind))
                    throw new UserError($"{option.Name} is for --noise {kind.Name}", Exit.Usage);
            return NoiseRun.RunAsync(options, stop);
        });
        return root;

        NoiseOptions Options(ParseResult given) => new()
        {
            Files = files.Of(given), Kinds = Kinds(given.GetValue(noise)!, _ => { }),
            Settings = settings.Where(s => Value(given, s.Option) is not null).ToDictionary(s => s.Option.Name, s => Value(given, s.Option)!),
            Omega = given.GetValue(omega), Phi = given.GetValue(phi), Seed = given.GetValue(seed), Epoch = given.GetValue(epoch),
            Selection = given.GetValue(selection), Count = given.GetValue(count), Segmenter = given.GetValue(segmenter),
            Vocabulary = given.GetValue(vocabulary)!, Pool = given.GetValue(pool), PoolColumn = given.GetValue(poolColumn)!,
            Protect = given.GetValue(protect) ?? [], ProtectList = given.GetValue(protectList), AllowLabels = given.GetValue(allowLabels),
            Columns = new(given.GetValue(column)!, given.GetValue(id)!), Again = given.GetValue(again), Manifest = given.GetValue(manifest),
            Shard = given.GetValue(shard), Threads = given.GetValue(threads), DryRun = given.GetValue(dryRun), Limit = given.GetValue(limit),
        };
    }

    static Option<string> Mixture()
    {
        var kinds = string.Join("; ", NoiseKinds.All.Select(kind => $"{kind.Name}: {kind.Help}"));
        var noise = new Option<string>("--noise")
        {
            Description = $"Kind of noise ({kinds}), or a mixture with weights such as replace:2,shuffle:1.",
            HelpName = "kind", DefaultValueFactory = _ => "replace",
        };
        noise.Validators.Add(result => Kinds(result.GetValueOrDefault<string>(), result.AddError));
        return noise;
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
            if (NoiseKinds.Find(name) is not { } kind)
                wrong($"--noise is {text}; '{name}' is no noise, expected {Choices.Expected(name, NoiseKinds.Names)}");
            else if (kinds.Any(k => k.Kind == kind)) wrong($"--noise is {text}; {name} stands there twice");
            else if (!decimal.TryParse(weight, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) || share <= 0)
                wrong($"--noise is {text}; the weight of {name} is {weight}, expected a number above 0");
            else kinds.Add((kind, share));
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

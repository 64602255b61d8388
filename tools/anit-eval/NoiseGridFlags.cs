using System.CommandLine;
using System.Globalization;
using Anit.Cli;
using Anit.Data;
using Anit.Noise;

namespace Anit.Tools.Eval;

/// <summary>The options of a grid of noises, and the askings they become.</summary>
sealed class NoiseGridFlags
{
    const int MostCells = 10_000;

    public readonly Option<string?> Noise = new Option<string?>("--noise")
    {
        Description = "Also ask with noisy instructions made on the fly, for curves of robustness: kinds as in anit-noise --list, with "
            + "commas between; all6 for the paper's, all for every kind that needs no table.",
        HelpName = "kinds",
    }.Offering(["all6", "all", .. NoiseKinds.All.Select(kind => kind.Name)]);
    public readonly Option<string> Omega = new("--omega")
    {
        Description = "Strengths for --noise: a list 0.1,0.3 or a range from:to:step.", HelpName = "list|range",
        DefaultValueFactory = _ => "0.1:0.3:0.1",
    };
    public readonly Option<string> Seeds = new("--noise-seed")
    {
        Description = "Seeds for --noise, with commas between; each is a draw of its own.", HelpName = "list", DefaultValueFactory = _ => "1",
    };
    public readonly Option<string?> Pool = new("--pool")
    {
        Description = "Table whose texts --noise pad draws from, training rows; without it all and all6 leave pad out.", HelpName = "file",
    };

    public NoiseGridFlags()
    {
        Noise.Validators.Add(r => { if (r.GetValueOrDefault<string?>() is { } text) Kinds(text, r.AddError); });
        Omega.Validators.Add(r => Strengths(r.GetValueOrDefault<string>(), r.AddError));
        Seeds.Validators.Add(r => SeedList(r.GetValueOrDefault<string>(), r.AddError));
    }

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All => [Noise, Omega, Seeds, Pool];

    /// <summary>The askings of the grid; none without --noise.</summary>
    public async Task<IReadOnlyList<Asking>> Of(ParseResult given, CancellationToken stop)
    {
        if (given.GetValue(Noise) is not { } text)
        {
            foreach (var option in new Option[] { Omega, Seeds, Pool })
                if (given.GetResult(option) is { Implicit: false }) throw new UserError($"{option.Name} is for --noise", Exit.Usage);
            return [];
        }
        var kinds = Kinds(text, _ => { });
        var pool = given.GetValue(Pool) is { } path ? await PoolAsync(path, stop) : null;
        if (pool is null && kinds.RemoveAll(k => k.Kind.Needs.HasFlag(NoiseNeeds.Texts) && k.FromGroup) > 0)
            Notice.Say("pad is left out: it draws from training rows, name them with --pool");
        if (pool is null && kinds.Any(k => k.Kind.Needs.HasFlag(NoiseNeeds.Texts)))
            throw new UserError("--noise pad needs --pool: it draws from texts of training rows", Exit.Usage);
        List<NoisyCondition> cells = [.. from kind in kinds
            from omega in Strengths(given.GetValue(Omega)!, _ => { })
            from seed in SeedList(given.GetValue(Seeds)!, _ => { })
            select new NoisyCondition(kind.Kind.Name, omega, seed)];
        if (cells.Count > MostCells)
            throw new UserError($"--noise: {cells.Count:N0} combinations of kind, strength and seed, at most {MostCells:N0}", Exit.Usage);
        return [.. cells.Select(cell => Asking.Noisy(cell, NoiseKinds.Find(cell.Noise)!, pool ?? new()))];
    }

    static List<(NoiseDescription Kind, bool FromGroup)> Kinds(string text, Action<string> wrong)
    {
        var kinds = new List<(NoiseDescription Kind, bool)>();
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var meant = NoiseKinds.Group(name);
            if (meant.Count == 0)
                wrong($"--noise is {text}; '{name}' is no noise, expected {Choices.Expected(name, [.. NoiseKinds.Names, .. NoiseKinds.Groups])}");
            foreach (var kind in meant)
            {
                if (kind.Settings.Any(s => s.Required))
                    wrong($"--noise is {text}; {name} needs a table, make the rows noisy with anit-noise instead");
                if (kinds.All(k => k.Kind != kind)) kinds.Add((kind, NoiseKinds.Groups.Contains(name)));
            }
        }
        return kinds;
    }

    static List<decimal> Strengths(string text, Action<string> wrong)
    {
        var parts = text.Split(':');
        if (parts.Length == 3 && Number(parts[0]) is { } from && Number(parts[1]) is { } to && Number(parts[2]) is > 0 and { } step && from <= to)
        {
            var range = new List<decimal>();
            for (var omega = from; omega <= to && range.Count <= 1_000; omega += step) range.Add(omega);
            return range;
        }
        List<decimal?> list = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(Number)];
        if (parts.Length > 1 || list.Contains(null)) wrong($"--omega is {text}; expected shares from 0 to 1 as 0.1,0.3 or from:to:step");
        return [.. list.OfType<decimal>().Distinct().Order()];
    }

    static List<ulong> SeedList(string text, Action<string> wrong)
    {
        var seeds = new List<ulong>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)) seeds.Add(seed);
            else wrong($"--noise-seed is {text}; expected whole numbers from 0 with commas between");
        }
        return [.. seeds.Distinct()];
    }

    static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1
            ? value / 1.0000000000000000000000000000m : null; // without trailing zeros: 0.10 is 0.1

    static async Task<ContextPool> PoolAsync(string path, CancellationToken stop)
    {
        var pool = new ContextPoolBuilder(42);
        var input = new TableInput(path);
        await using var table = await input.OpenAsync(stop);
        input.Require(table.Schema, ["id", "text"], "; --noise pad draws from the column text");
        await foreach (var batch in table.ReadBatchesAsync(stop))
            for (var row = 0; row < batch.Rows; row++)
                if (!batch["text"].IsNull(row)) pool.Add(batch["id"].Utf8(row), batch["text"].Utf8(row));
        return pool.Build();
    }
}

using System.Text;
using Anit.Cli;
using Anit.Data;
using Anit.Noise;

namespace Anit.Tools.Noise;

/// <summary>The words and texts that noise draws from, as the options name them.</summary>
sealed record NoiseSources
{
    public required Vocabulary Vocabulary { get; init; }
    public ContextPool Pool { get; init; } = new();
    public IReadOnlyDictionary<string, IReadOnlyList<string[]>> Tables { get; init; } = new Dictionary<string, IReadOnlyList<string[]>>();
    public Protection? Protection { get; init; }

    public static async Task<NoiseSources> LoadAsync(NoiseOptions options, CancellationToken stop) => new()
    {
        Vocabulary = options.Vocabulary is "english" or "train" ? Vocabulary.English : new(Lines(options.Vocabulary), options.Vocabulary),
        Pool = options.Pool is null ? new() : await PoolAsync(options.Pool, options, stop),
        Tables = await TablesAsync(options, stop),
        Protection = options.Protect.Count == 0 && options.ProtectList is null ? null
            : new(options.Protect, options.ProtectList is null ? [] : Lines(options.ProtectList)),
    };

    /// <summary>A noiser as the options ask for it.</summary>
    public Noiser Noiser(NoiseOptions options)
    {
        var setup = Setup(options) with { Vocabulary = Vocabulary, Texts = Pool, Tables = Tables };
        return new(options.Kinds.Select(k => new Weighted(k.Kind.Make(setup), k.Weight)), options.Seed, options.Epoch, options.Segmenter, Protection);
    }

    /// <summary>What operators are made from as far as the options tell it: tables are there, but empty.</summary>
    public static NoiseSetup Setup(NoiseOptions options) => new(new(options.Omega, options.Count))
    {
        Given = options.Settings,
        Tables = TableSettings(options).ToDictionary(s => s.Name, _ => (IReadOnlyList<string[]>)[]),
    };

    static IEnumerable<NoiseSetting> TableSettings(NoiseOptions options) =>
        options.Kinds.SelectMany(k => k.Kind.Settings).Where(s => s.Columns.Count > 0 && options.Settings.ContainsKey(s.Name));

    static List<string> Lines(string path)
    {
        using var reader = new StreamReader(Streams.OpenInput(path), Encoding.UTF8);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            if (!string.IsNullOrWhiteSpace(line)) lines.Add(line);
        return lines;
    }

    static async Task<ContextPool> PoolAsync(string path, NoiseOptions options, CancellationToken stop)
    {
        var pool = new ContextPoolBuilder(options.Seed);
        var input = new TableInput(path);
        await using var table = await input.OpenAsync(stop);
        input.Check(() => TableColumns.Require(table.Schema, options.PoolColumn, "name the column of texts with --pool-column"));
        var hasId = table.Schema.Has(options.Columns.Id);
        var rows = 0L;
        await foreach (var batch in table.ReadBatchesAsync(stop))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                var id = hasId ? batch[options.Columns.Id].Utf8(row) : Encoding.ASCII.GetBytes($"pool#{rows + row}");
                pool.Add(id, batch[options.PoolColumn].Utf8(row));
            }
            rows += batch.Rows;
        }
        return pool.Build();
    }

    static async Task<IReadOnlyDictionary<string, IReadOnlyList<string[]>>> TablesAsync(NoiseOptions options, CancellationToken stop)
    {
        var tables = new Dictionary<string, IReadOnlyList<string[]>>();
        foreach (var setting in TableSettings(options)) tables[setting.Name] = await RowsAsync(options.Settings[setting.Name], setting, stop);
        return tables;
    }

    // Rows with a null are left out: they say nothing.
    static async Task<List<string[]>> RowsAsync(string path, NoiseSetting setting, CancellationToken stop)
    {
        var rows = new List<string[]>();
        var input = new TableInput(path);
        await using var table = await input.OpenAsync(stop);
        foreach (var column in setting.Columns)
            input.Check(() => TableColumns.Require(table.Schema, column,
                $"the table of {setting.Name} has the columns {string.Join(" and ", setting.Columns)}"));
        await foreach (var batch in table.ReadBatchesAsync(stop))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                string?[] cells = [.. setting.Columns.Select(column => batch[column].Text(row))];
                if (!cells.Contains(null)) rows.Add(cells!);
            }
        }
        return rows;
    }
}

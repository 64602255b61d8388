using System.Text;
using Anit.Cli;
using Anit.Data;
using Anit.Noise;

namespace Anit.Tools;

/// <summary>The words and texts that noise draws from, as the options name them.</summary>
sealed record NoiseSources
{
    public required Vocabulary Vocabulary { get; init; }
    public ContextPool Pool { get; init; } = new();
    public WrittenOpposites? Opposites { get; init; }
    public Protection? Protection { get; init; }

    public static async Task<NoiseSources> LoadAsync(NoiseOptions options, CancellationToken stop) => new()
    {
        Vocabulary = options.Vocabulary is "english" or "train" ? Vocabulary.English : new(Lines(options.Vocabulary), options.Vocabulary),
        Pool = options.Pool is null ? new() : await PoolAsync(options.Pool, options, stop),
        Opposites = options.Opposites is null ? null : new(await OppositesAsync(options.Opposites, stop)),
        Protection = options.Protect.Count == 0 && options.ProtectList is null ? null
            : new(options.Protect, options.ProtectList is null ? [] : Lines(options.ProtectList)),
    };

    /// <summary>A noiser as the options ask for it.</summary>
    public Noiser Noiser(NoiseOptions options) =>
        new(options.Kinds.Select(k => new Weighted(Make(k.Kind, options), k.Weight)), options.Seed, options.Epoch, options.Segmenter, Protection);

    INoise Make(string kind, NoiseOptions options)
    {
        var strength = new Strength(options.Omega, options.Count);
        return kind switch
        {
            "replace" => new Replace(Vocabulary, strength, options.KeepPunctuation),
            "truncate" => new Truncate(strength),
            "shuffle" => new Shuffle(strength, options.Shuffle),
            "insert" => new Insert(Vocabulary, strength),
            "pad" => new Pad(Pool, strength),
            _ => options.Meta ? new MetaOpposite(options.Omega) : new Opposite(strength, Opposites),
        };
    }

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
                pool.Add(hasId ? batch[options.Columns.Id].Utf8(row) : Encoding.ASCII.GetBytes($"pool#{rows + row}"), batch[options.PoolColumn].Utf8(row));
            rows += batch.Rows;
        }
        return pool.Build();
    }

    static async Task<List<(string, string)>> OppositesAsync(string path, CancellationToken stop)
    {
        var pairs = new List<(string, string)>();
        var input = new TableInput(path);
        await using var table = await input.OpenAsync(stop);
        foreach (var column in new[] { "instruction", "opposite" })
            input.Check(() => TableColumns.Require(table.Schema, column, "a table of opposites has the columns instruction and opposite"));
        await foreach (var batch in table.ReadBatchesAsync(stop))
            for (var row = 0; row < batch.Rows; row++)
                if (batch["instruction"].Text(row) is { } clean && batch["opposite"].Text(row) is { } opposite) pairs.Add((clean, opposite));
        return pairs;
    }
}

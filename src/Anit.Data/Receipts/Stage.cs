using System.Text.Json.Nodes;

namespace Anit.Data.Receipts;

/// <summary>What a tool is about to do, as far as it decides the result.</summary>
/// <example><code>
/// var stage = new Stage("anit-noise", Version: 1)
/// {
///     Options = new() { ["noise"] = "replace", ["omega"] = 0.2 }, Seed = 42, Adds = ["noisy_instruction"],
/// };
/// await using var run = await StageRun.BeginAsync(stage, new StageFiles { Input = path, Output = output }, stop);
/// if (run.Done) return; // up to date, or taken from the cache
/// await using var writer = run.Create(schema);
/// await foreach (var batch in run.Input.ReadBatchesAsync(stop)) await writer.WriteAsync(Noised(batch), stop);
/// await writer.FinishAsync();
/// </code></example>
/// <param name="Tool">The tool and, where it has several, the command: <c>anit-data split</c>.</param>
/// <param name="Version">Raised whenever equal options give other rows than before.</param>
public sealed record Stage(string Tool, int Version)
{
    /// <summary>Options that change the result, with their resolved values; never paths, thread counts or batch sizes.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>The seed, or null for a stage without chance.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Columns added or written anew by a stage that passes all rows and other columns through; else null.</summary>
    public IReadOnlyList<string>? Adds { get; init; }

    /// <summary>Which part of the input this run makes, as <c>i/n</c> from 0.</summary>
    public string? Shard { get; init; }

    /// <summary>Other files whose content matters (a vocabulary, raw data); their bytes are digested in this order.</summary>
    public IReadOnlyList<DataSource> Files { get; init; } = [];

    internal Receipt Promise(IEnumerable<string> inputs) => new()
    {
        Tool = Tool, Version = Version, Options = SortedJson.Write(Options), Seed = Seed, Adds = Adds, Shard = Shard, Inputs = [.. inputs],
    };
}

/// <summary>Where a stage reads and writes, and how it treats earlier results; nothing here changes the rows.</summary>
public sealed record StageFiles
{
    /// <summary>The table to read: a file or a pipe; null when the stage makes a table of something else.</summary>
    public DataSource? Input { get; init; }

    /// <summary>A second table that is read beside the first, as often as wanted; its digest follows the input's, its receipts are carried.</summary>
    public DataSource? Beside { get; init; }

    /// <summary>The output file, or null when <see cref="OutputStream"/> is given.</summary>
    public string? Output { get; init; }

    /// <summary>The output when it is no file: standard output, as an Arrow stream unless <see cref="OutputFormat"/> says otherwise.</summary>
    public Stream? OutputStream { get; init; }

    /// <summary>The format of <see cref="OutputStream"/>.</summary>
    public TableFormat OutputFormat { get; init; } = TableFormat.ArrowStream;

    /// <summary>Run even when the output is up to date or in the cache.</summary>
    public bool Force { get; init; }

    /// <summary>Say what differs from an existing output.</summary>
    public bool Explain { get; init; }

    /// <summary>The folder of the cache; null takes the environment's <c>ANIT_CACHE</c>, and none when that is not set.</summary>
    public string? Cache { get; init; }

    /// <summary>How to read the input.</summary>
    public ReadOptions Read { get; init; } = new();

    /// <summary>How to write the output.</summary>
    public WriteOptions Write { get; init; } = new();

    /// <summary>Takes one line for the user: standard error.</summary>
    public Action<string> Say { get; init; } = _ => { };
}

using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools;

/// <summary>Begins the output of a stage.</summary>
/// <param name="schema">Its columns and metadata.</param>
/// <param name="looksAt">What a stage that only adds columns looks at, of all that it passes on (<see cref="StageRun.Create"/>).</param>
delegate ITableWriter CreateOutput(Schema schema, IReadOnlyList<string>? looksAt = null);

/// <summary>A stage's input and output with what stands around them: receipt, "up to date", cache.</summary>
/// <param name="Input">The table to read; not opened by a stage that makes a table of something else.</param>
/// <param name="Output">Where the result goes; its force runs a stage that is up to date, too.</param>
/// <param name="Explain">Say what differs from an existing output.</param>
/// <param name="Cache">Folder of kept results.</param>
/// <param name="Quiet">Say nothing.</param>
sealed record StageIO(TableInput Input, TableOutput Output, bool Explain, string? Cache, bool Quiet)
{
    /// <summary>Run although the output is up to date, as a file beside it has to be made.</summary>
    public bool Anew { get; init; }

    /// <summary>Threads that write.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Most rows in a batch of the input: fewer where a stage has several batches in hand.</summary>
    public int BatchRows { get; init; } = new ReadOptions().BatchRows;

    /// <summary>For work on rows, with several batches in hand and a manifest and a report beside the table. A manifest that is not there yet has
    /// to be made, even where the table is. A report that is there may be another table's.</summary>
    public StageIO OnRows(string? manifest, string? report, int threads) => this with
    {
        Anew = Anew || report is not null || (manifest is not null && !File.Exists(manifest)), Threads = threads, BatchRows = FewRows,
    };

    /// <summary>Rows of a batch where memory is to stay small.</summary>
    public const int FewRows = 2_048;

    ReadOptions Read => Input.Options with { BatchRows = BatchRows };

    /// <summary>A second table that matters; it can be read again.</summary>
    public DataSource? Beside { get; init; }

    /// <summary>Looks at the input without writing a table.</summary>
    public async Task LookAsync(Func<RepeatableTable, Task> work, CancellationToken stop)
    {
        var source = Input.Source();
        await using var reader = await Table.OpenAsync(source, Input.Options, stop);
        await using var table = new RepeatableTable(reader, source, Input.Options);
        await work(table);
    }

    /// <summary>Runs a stage that maps a table, unless its output is up to date or kept in the cache; a terminal gets a view of it.</summary>
    /// <param name="stage">What decides the result.</param>
    /// <param name="work">Reads the table and writes to what its second argument begins.</param>
    /// <param name="stop">Cancels.</param>
    public Task RunAsync(Stage stage, Func<RepeatableTable, CreateOutput, Task> work, CancellationToken stop) =>
        Output.IsTerminal ? LookAsync(table => work(table, View), stop) : RunAsync(stage, Input.Source(), work, stop);

    /// <summary>Runs such a stage on a table that was opened already.</summary>
    public Task<bool> RunAsync(Stage stage, DataSource source, Func<RepeatableTable, CreateOutput, Task> work,
        CancellationToken stop) =>
        RunAsync(stage, source, async run =>
        {
            await using var table = new RepeatableTable(run.Input, source, Read);
            await work(table, Create(run));
        }, stop);

    /// <summary>Runs a stage that makes a table of something else.</summary>
    public Task RunAsync(Stage stage, Func<CreateOutput, Task> work, CancellationToken stop) =>
        Output.IsTerminal ? work(View) : RunAsync(stage, null, run => work(Create(run)), stop);

    /// <summary>Runs a stage by the receipts' own object; false when nothing was left to do.</summary>
    public async Task<bool> RunAsync(Stage stage, DataSource? source, Func<StageRun, Task> work, CancellationToken stop)
    {
        await using var standard = Output.IsStream ? Output.OpenStream() : null;
        await using var run = await StageRun.BeginAsync(stage, new()
        {
            Input = source, Beside = Beside, Read = Read, Write = new() { Threads = Threads },
            Output = standard is null ? Output.Path : null, OutputStream = standard, OutputFormat = Output.StreamFormat,
            Force = Output.Force || Anew, Explain = Explain, Cache = Cache,
            Say = line => { if (!Quiet || Explain) Notice.Say(line); },
        }, stop);
        if (!run.Done) await work(run);
        if (standard is not null) await standard.FlushAsync(stop);
        return !run.Done;
    }

    /// <summary>Begins the output, unless it would replace a table that is not ours.</summary>
    public CreateOutput Create(StageRun run) => (schema, looksAt) =>
    {
        Output.CheckColumns(schema);
        return run.Create(schema, looksAt);
    };

    static ITableWriter View(Schema schema, IReadOnlyList<string>? looksAt) => TableOutput.View(schema);
}

/// <summary>The options of a stage.</summary>
sealed class StageFlags
{
    public readonly Argument<string[]> Input = Opt.Input();
    public readonly Option<string?> Output = Opt.Output();
    public readonly Option<string?> To = TableOutput.ToOption();
    public readonly Option<bool> Force = Opt.Force();
    public readonly Option<bool> Explain = new("--explain") { Description = "Say why the output is made anew." };
    public readonly Option<string?> Cache =
        new("--cache") { Description = "Keep results in this folder and take them from there (or set ANIT_CACHE).", HelpName = "folder" };
    public readonly Option<bool> Quiet = Opt.Quiet();

    /// <summary>What the user gave.</summary>
    public StageIO Of(ParseResult given) => Into(given, given.GetValue(Output), given.GetValue(To));

    /// <summary>The same with an output that another option names.</summary>
    public StageIO Into(ParseResult given, string? output, string? format = null) => new(
        new(given.GetValue(Input) ?? []), new(output, format, given.GetValue(Force)), given.GetValue(Explain), given.GetValue(Cache),
            given.GetValue(Quiet));
}

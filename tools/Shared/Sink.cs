using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools;

/// <summary>Where a stage reads and writes: files by their extension, Arrow streams (or what --to says) on pipes.</summary>
/// <param name="Input">Null or - for standard input.</param>
/// <param name="Output">Null or - for standard output.</param>
/// <param name="Format">Format on standard output.</param>
/// <param name="Force">Run although the output is up to date.</param>
/// <param name="Explain">Say what differs from an existing output.</param>
/// <param name="Cache">Folder of kept results.</param>
/// <param name="Quiet">Say nothing.</param>
sealed record Sink(string? Input, string? Output, string? Format, bool Force, bool Explain, string? Cache, bool Quiet)
{
    /// <summary>The options of a stage.</summary>
    public sealed record Options(Argument<string?> Input, Option<string?> Output, Option<string?> Format, Option<bool> Force, Option<bool> Explain, Option<string?> Cache, Option<bool> Quiet)
    {
        /// <summary>Fresh options.</summary>
        public static Options Make()
        {
            var format = new Option<string?>("--to") { Description = "Format on standard output: arrows (the default in a pipe), jsonl or csv.", HelpName = "format" };
            format.AcceptOnlyFromAmong("arrows", "jsonl", "csv");
            return new(Opt.Input(), Opt.Output(), format, Opt.Force(),
                new("--explain") { Description = "Say why the output is made anew." },
                new("--cache") { Description = "Keep results in this folder and take them from there (or set ANIT_CACHE).", HelpName = "folder" }, Opt.Quiet());
        }

        /// <summary>What the user gave.</summary>
        public Sink Of(ParseResult given) =>
            new(given.GetValue(Input), given.GetValue(Output), given.GetValue(Format), given.GetValue(Force), given.GetValue(Explain), given.GetValue(Cache), given.GetValue(Quiet));
    }

    /// <summary>The input's name in messages.</summary>
    public string Name => Streams.IsStandard(Input) ? "standard input" : Input!;

    /// <summary>Whether rows would go to a terminal, which gets a view of some of them instead.</summary>
    public bool IsTerminal => Streams.IsStandard(Output) && Format is null && Streams.StdoutIsTerminal;

    /// <summary>How to read the input.</summary>
    public ReadOptions Read => new() { Name = Name };

    /// <summary>Refuses an output whose name tells no format, before any work is done.</summary>
    public void Check()
    {
        if (Streams.IsStandard(Output)) return;
        try { Table.FormatOf(Output!); }
        catch (ArgumentException) { throw new UserError($"{Output}: the extension tells the format; use one of {string.Join(' ', Table.Extensions.Keys)}", Exit.Usage); }
    }

    /// <summary>Looks at the input without writing a table.</summary>
    public async Task LookAsync(Func<RepeatableTable, Task> work, CancellationToken stop)
    {
        var (path, pipe) = Locate();
        await using var reader = await (pipe is null ? Table.OpenAsync(path!, Read, stop) : Table.OpenAsync(pipe, Read, stop));
        await using var table = new RepeatableTable(reader, path, Read);
        await work(table);
    }

    /// <summary>Runs a stage, unless its output is up to date or kept in the cache.</summary>
    /// <param name="stage">What decides the result.</param>
    /// <param name="work">Reads the table and writes to what its second argument begins.</param>
    /// <param name="stop">Cancels.</param>
    public async Task RunAsync(Stage stage, Func<RepeatableTable, Func<Schema, ITableWriter>, Task> work, CancellationToken stop)
    {
        var (path, pipe) = Locate();
        await using var standard = Streams.IsStandard(Output) ? Streams.Stdout() : null;
        await using var run = await StageRun.BeginAsync(stage, new()
        {
            Input = path, InputStream = pipe,
            Output = standard is null ? Output : null, OutputStream = standard,
            OutputFormat = Format switch { "jsonl" => TableFormat.Jsonl, "csv" => TableFormat.Csv, _ => TableFormat.ArrowStream },
            Force = Force, Explain = Explain, Cache = Cache, Read = Read,
            Say = line => { if (!Quiet || Explain) Console.Error.WriteLine($"{stage.Tool}: {line}"); },
        }, stop);
        if (!run.Done)
        {
            await using var table = new RepeatableTable(run.Input, path, Read);
            await work(table, run.Create);
        }
        if (standard is not null) await standard.FlushAsync(stop);
    }

    // A pipe may have a name, too; it is opened once and never again.
    (string? Path, Stream? Pipe) Locate()
    {
        var stream = Streams.OpenInput(Input);
        if (Streams.IsStandard(Input) || !stream.CanSeek) return (null, stream);
        stream.Dispose();
        return (Input, null);
    }
}

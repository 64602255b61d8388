using System.CommandLine;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools;

/// <summary>Where a stage's rows go: a file by its extension, an Arrow stream (or what --to says) on a pipe.</summary>
sealed class Sink : IAsyncDisposable
{
    readonly ITableWriter writer;
    readonly Stream? standard;

    Sink(ITableWriter writer, Stream? standard) => (this.writer, this.standard) = (writer, standard);

    /// <summary><c>--to format</c>.</summary>
    public static Option<string?> Format()
    {
        var option = new Option<string?>("--to") { Description = "Format on standard output: arrows (the default in a pipe), jsonl or csv.", HelpName = "format" };
        option.AcceptOnlyFromAmong("arrows", "jsonl", "csv");
        return option;
    }

    /// <summary>Whether rows would go to a terminal, which gets a view of some of them instead.</summary>
    public static bool IsTerminal(string? path, string? format) => Streams.IsStandard(path) && format is null && Streams.StdoutIsTerminal;

    /// <summary>Refuses an output whose name tells no format, before any work is done.</summary>
    public static void Check(string? path)
    {
        if (Streams.IsStandard(path)) return;
        try { Table.FormatOf(path!); }
        catch (ArgumentException) { throw new UserError($"{path}: the extension tells the format; use one of {string.Join(' ', Table.Extensions.Keys)}", Exit.Usage); }
    }

    /// <summary>Begins to write.</summary>
    public static Sink Open(string? path, string? format, Schema schema)
    {
        if (!Streams.IsStandard(path)) return new(Table.Create(path!, schema), null);
        var stream = new BufferedStream(Streams.Stdout(), 1 << 16);
        var kind = format switch { "jsonl" => TableFormat.Jsonl, "csv" => TableFormat.Csv, _ => TableFormat.ArrowStream };
        return new(Table.Create(stream, kind, schema), stream);
    }

    /// <summary>Appends rows.</summary>
    public ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop) => writer.WriteAsync(batch, stop);

    /// <summary>Completes the output.</summary>
    public async Task FinishAsync(IReadOnlyDictionary<string, string>? late = null)
    {
        await writer.FinishAsync(late);
        if (standard is not null) await standard.FlushAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => writer.DisposeAsync(); // what a failed run left in the buffer of standard output is not sent
}

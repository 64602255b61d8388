using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary>An output without a receipt of its own: a file, a pipe, or a small table on a terminal.</summary>
sealed class PlainOutput : IAsyncDisposable
{
    const int RowsOnTerminal = 20, WidthWithoutTerminal = 80;

    readonly Stream? standard;

    public PlainOutput(Sink files, Schema schema, WriteOptions? options = null)
    {
        if (!Streams.IsStandard(files.Output)) Writer = Table.Create(files.Output!, schema, options);
        else if (files.IsTerminal) Writer = new TextTable(Console.Out, schema, TableOutput.Width(WidthWithoutTerminal), RowsOnTerminal);
        else
        {
            standard = Streams.Stdout();
            Writer = Table.Create(standard, files.Format switch { "jsonl" => TableFormat.Jsonl, "csv" => TableFormat.Csv, _ => TableFormat.ArrowStream }, schema, options);
        }
    }

    public ITableWriter Writer { get; }

    public async Task FinishAsync(IReadOnlyDictionary<string, string>? late = null)
    {
        await Writer.FinishAsync(late);
        if (standard is not null) await standard.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        if (standard is not null) await standard.DisposeAsync();
    }
}

using System.CommandLine;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools;

/// <summary>Where a table goes: a file, a pipe, or a terminal, which gets a view of the first rows.</summary>
/// <param name="Path">Null or - for standard output.</param>
/// <param name="To">The format by name, where the file's extension does not tell it.</param>
/// <param name="Force">Replace whatever file is there.</param>
sealed record TableOutput(string? Path, string? To = null, bool Force = false)
{
    const int RowsOnTerminal = 20, WidthWithoutTerminal = 80;

    /// <summary>Whether rows go to standard output.</summary>
    public bool IsStandard => Streams.IsStandard(Path);

    /// <summary>Whether rows would go to a terminal, which gets text and never binary.</summary>
    public bool IsTerminal => IsStandard && Streams.StdoutIsTerminal && To is null or "arrows";

    /// <summary>The format on standard output.</summary>
    public TableFormat StreamFormat => To switch { "jsonl" => TableFormat.Jsonl, "csv" => TableFormat.Csv, _ => TableFormat.ArrowStream };

    /// <summary>Width of the terminal, or another where there is none.</summary>
    public static int Width(int otherwise) => Streams.StdoutIsTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : otherwise;

    /// <summary><c>--to</c>.</summary>
    public static Option<string?> ToOption()
    {
        var to = new Option<string?>("--to") { Description = "Format on standard output: arrows (the default in a pipe), jsonl or csv.", HelpName = "format" };
        to.AcceptOnlyFromAmong("arrows", "jsonl", "csv");
        return to;
    }

    /// <summary>Refuses an output that cannot be written, before any work is done.</summary>
    public void Check()
    {
        if (!IsStandard && !Table.TryFormatOf(Path!, out _)) throw new UserError(Table.NoFormat(Path!), Exit.Usage);
    }

    /// <summary>Begins a table without a receipt of its own.</summary>
    public ITableWriter Create(Schema schema, WriteOptions? options = null)
    {
        if (IsTerminal) return View(schema);
        if (!IsStandard) return Table.Create(Path!, schema, options);
        var standard = Streams.Stdout();
        return new StandardWriter(standard, Table.Create(standard, StreamFormat, schema, options));
    }

    /// <summary>The first rows as text.</summary>
    public static ITableWriter View(Schema schema) => new TextTable(Console.Out, schema, Width(WidthWithoutTerminal), RowsOnTerminal);

    sealed class StandardWriter(Stream standard, ITableWriter inner) : ITableWriter
    {
        public ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default) => inner.WriteAsync(batch, stop);

        public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
        {
            await inner.FinishAsync(lateMetadata);
            await standard.FlushAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await standard.DisposeAsync();
        }
    }
}

using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools;

/// <summary>Where a table goes: a file, a pipe, or a terminal, which gets a view of the first rows.</summary>
/// <param name="Path">Null or - for standard output.</param>
/// <param name="To">The format by name, where no extension tells it: on standard output, on a pipe. Beside an extension it must say the same
/// (<see cref="CheckAsync"/>).</param>
/// <param name="Force">Replace whatever file is there.</param>
sealed record TableOutput(string? Path, string? To = null, bool Force = false)
{
    const int RowsOnTerminal = 20, WidthWithoutTerminal = 80, RowsToInfer = 100;
    static readonly string[] Standard = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

    Schema? standing; // the columns of a table there that has no receipts

    /// <summary>Whether rows go to standard output.</summary>
    public bool IsStandard => Streams.IsStandard(Path) || Standard.Contains(Path);

    /// <summary>Whether rows go out as they come: to standard output, a named pipe or a device, which are never replaced.</summary>
    public bool IsStream => IsStandard || FileFacts.Of(Path!)?.Kind == FileKind.Special;

    /// <summary>Whether rows would go to a terminal, which gets text and never binary.</summary>
    public bool IsTerminal => IsStandard && Streams.StdoutIsTerminal && To is null or "arrows";

    /// <summary>The format on a pipe.</summary>
    public TableFormat StreamFormat => To is not null ? Format(To)
        : !IsStandard && Table.TryFormatOf(Path!, out var format) ? format : TableFormat.ArrowStream;

    static TableFormat Format(string to) => to switch
    {
        "jsonl" => TableFormat.Jsonl,
        "csv" => TableFormat.Csv,
        _ => TableFormat.ArrowStream,
    };

    /// <summary>Whether the format has a place for receipts.</summary>
    public bool CarriesReceipts => !IsStandard && Table.TryFormatOf(Path!, out var format)
        ? format is TableFormat.Parquet or TableFormat.ArrowFile or TableFormat.ArrowStream : To is null or "arrows";

    /// <summary>Width of the terminal, or another where there is none.</summary>
    public static int Width(int otherwise) => Streams.StdoutIsTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : otherwise;

    /// <summary><c>--to</c>.</summary>
    /// <param name="more">What else the command makes, with its help.</param>
    public static Option<string?> ToOption(params (string Word, string Help)[] more)
    {
        var to = new Option<string?>("--to") { Description = "Format on standard output: arrows (the default in a pipe), jsonl or csv; a file's is "
            + "that of its extension." + string.Concat(more.Select(m => $" {m.Word}: {m.Help}.")),
            HelpName = "format" };
        to.AcceptOnlyFromAmong(["arrows", "jsonl", "csv", .. more.Select(m => m.Word)]);
        return to;
    }

    /// <summary>Refuses an output that cannot be written or would replace what is not ours, before any work is done.</summary>
    /// <param name="inputs">What is read, none of which may be the output; null and - are standard input.</param>
    /// <param name="stop">Cancels.</param>
    public async Task CheckAsync(IEnumerable<string?> inputs, CancellationToken stop)
    {
        if (IsStandard) return;
        if (To is not null && Table.TryFormatOf(Path!, out var meant) && meant != Format(To))
            throw new UserError($"--to is {To}, but the extension of {Path} says otherwise; leave --to out, or name a file of that format",
                Exit.Usage);
        var there = FileFacts.Of(Path!);
        if (there?.Kind == FileKind.Directory) throw new UserError($"{Path}: is a directory; name a file", Exit.Usage);
        if (there?.Kind == FileKind.Special) return;
        if (!Table.TryFormatOf(Path!, out _)) throw new UserError(Table.NoFormat(Path!), Exit.Usage);
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path!))!;
        if (!Directory.Exists(folder)) throw new UserError($"{Path}: there is no directory {folder}; make it first", Exit.Usage);
        if (there is null) return;
        if (inputs.Any(input => !Streams.IsStandard(input) && FileFacts.Of(input!) == there))
            throw new UserError($"{Path} is read, too; write to another file", Exit.Usage);
        if (!Force && new FileInfo(Path!).Length > 0) standing = await StandingAsync(stop);
    }

    // A table with receipts was made by a stage, and may be made anew. Text has no place for them, so there the columns must tell.
    async Task<Schema?> StandingAsync(CancellationToken stop)
    {
        try
        {
            await using var table = await Table.OpenAsync(Path!, new() { InferRows = RowsToInfer }, stop);
            return table.Schema.Metadata.ContainsKey(Chain.Key) ? null : table.Schema;
        }
        catch (Exception fault) when (fault is DataFormatException or UnsupportedTypeException)
        {
            throw Strange("no table that can be read");
        }
    }

    /// <summary>Refuses to replace a table without receipts whose columns are neither some of those to be written nor more.</summary>
    public void CheckColumns(Schema schema)
    {
        if (standing is null) return;
        var (have, want) = (standing.Fields.Select(field => field.Name).ToHashSet(), schema.Fields.Select(field => field.Name).ToHashSet());
        if (!have.IsSubsetOf(want) && !want.IsSubsetOf(have)) throw Strange($"another table, with the columns {string.Join(", ", have)}");
    }

    UserError Strange(string what) => new($"{Path} is there already and holds {what}; name another file, or replace it with --force");

    /// <summary>Opens what rows go out to as they come.</summary>
    public Stream OpenStream() =>
        IsStandard ? Streams.Stdout() : new FileStream(Path!, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Begins a table without a receipt of its own.</summary>
    public ITableWriter Create(Schema schema, WriteOptions? options = null)
    {
        if (IsTerminal) return View(schema);
        CheckColumns(schema);
        if (!IsStream) return Table.Create(Path!, schema, options);
        var standard = OpenStream();
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

using Anit.Data.Arrow;
using Anit.Data.Csv;
using Anit.Data.Json;
using Anit.Data.Parquet;
using Anit.Data.United;

namespace Anit.Data;

/// <summary>Opens and creates tables of any format.</summary>
/// <example><code>
/// await using var reader = await Table.OpenAsync("train.parquet");
/// await foreach (var batch in reader.ReadBatchesAsync())
///     for (var row = 0; row &lt; batch.Rows; row++)
///         Console.WriteLine(batch["instruction"].Text(row));
/// </code></example>
public static class Table
{
    /// <summary>Extensions of file names and the formats they stand for when writing.</summary>
    public static IReadOnlyDictionary<string, TableFormat> Extensions { get; } =
        new Dictionary<string, TableFormat>(StringComparer.OrdinalIgnoreCase)
        {
            [".parquet"] = TableFormat.Parquet,
            [".arrow"] = TableFormat.ArrowFile,
            [".feather"] = TableFormat.ArrowFile,
            [".arrows"] = TableFormat.ArrowStream,
            [".jsonl"] = TableFormat.Jsonl,
            [".ndjson"] = TableFormat.Jsonl,
            [".json"] = TableFormat.JsonArray,
            [".csv"] = TableFormat.Csv,
            [".tsv"] = TableFormat.Csv,
        };

    /// <summary>Opens a file, whose first bytes tell the format; or a folder's or a pattern's files (<c>data/*.parquet</c>) as one table.</summary>
    public static Task<ITableReader> OpenAsync(string path, ReadOptions? options = null, CancellationToken stop = default) =>
        OpenAsync(TableFiles.IsSeveral(path) ? DataSource.Files(path) : DataSource.File(path), options, stop);

    /// <summary>Opens files, folders and patterns as one table, in this order; their columns are united by name.</summary>
    /// <exception cref="DataFormatException">Two files whose columns of one name have types that no type holds together.</exception>
    public static Task<ITableReader> OpenAsync(IReadOnlyCollection<string> paths, ReadOptions? options = null, CancellationToken stop = default) =>
        OpenAsync(DataSource.Files(paths), options, stop);

    /// <summary>Opens a source; its first bytes tell the format.</summary>
    public static Task<ITableReader> OpenAsync(DataSource source, ReadOptions? options = null, CancellationToken stop = default)
    {
        var named = options?.Name is null ? (options ?? new()) with { Name = source.Name } : options;
        if (source.Parts.Count == 0) return OpenAsync(source.Open(), named, stop);
        if (named.RowGroups is not null) throw new ArgumentException("row groups are those of one file; name one", nameof(options));
        return named.Where is null ? ManyAsync(source, named, stop) : FilteredTable.OpenAsync(how => ManyAsync(source, how, stop), named);
    }

    static async Task<ITableReader> ManyAsync(DataSource source, ReadOptions options, CancellationToken stop)
    {
        if (options.Rows is not { } rows) return await UnitedTable.OpenAsync(source, options, stop).ConfigureAwait(false);
        // Rows that were passed over would not be counted, and receipts speak of all rows.
        var all = options with { Rows = null, Where = null, Ranges = [], CarryReceipts = false };
        return new SelectedRows(await UnitedTable.OpenAsync(source, all, stop).ConfigureAwait(false), rows, options.Name);
    }

    /// <summary>Opens a stream, seekable or not; its first bytes tell the format. The reader owns the stream.</summary>
    public static Task<ITableReader> OpenAsync(Stream stream, ReadOptions? options = null, CancellationToken stop = default) =>
        options?.Where is null ? OneAsync(stream, options ?? new(), stop) : FilteredTable.OpenAsync(how => OneAsync(stream, how, stop), options);

    static async Task<ITableReader> OneAsync(Stream stream, ReadOptions options, CancellationToken stop)
    {
        try
        {
            var (format, whole) = await Sniffer.SniffAsync(stream, options, stop).ConfigureAwait(false);
            if (options.Types.Count > 0 && format is not (TableFormat.Jsonl or TableFormat.JsonArray or TableFormat.Csv))
                throw new DataFormatException($"types are named (--type) for JSON and CSV, whose columns have none of their own; this is {format}");
            if (format == TableFormat.Parquet) return await ParquetReader.OpenAsync(whole, options, stop).ConfigureAwait(false);
            if (options.RowGroups is not null) throw new DataFormatException($"row groups are asked for, which Parquet has; this is {format}");
            ITableReader reader = format switch
            {
                TableFormat.ArrowFile or TableFormat.ArrowStream => await ArrowReader.OpenAsync(whole, options, stop).ConfigureAwait(false),
                TableFormat.Jsonl => await JsonlReader.OpenAsync(whole, options, stop).ConfigureAwait(false),
                TableFormat.JsonArray => await JsonlReader.OpenArrayAsync(whole, options, stop).ConfigureAwait(false),
                _ => await CsvTableReader.OpenAsync(whole, options, stop).ConfigureAwait(false),
            };
            return options.Rows is { } rows ? new SelectedRows(reader, rows, options.Name) : reader;
        }
        catch (DataFormatException e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw e.At(file: options.Name);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How many rows a table has: by the footer of Parquet, else by reading.</summary>
    public static async Task<long> CountRowsAsync(string path, CancellationToken stop = default)
    {
        await using var reader = await OpenAsync(path, stop: stop).ConfigureAwait(false);
        if (reader is ParquetReader parquet) return parquet.Meta.Rows;
        var rows = 0L;
        await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false)) rows += batch.Rows;
        return rows;
    }

    /// <summary>Begins a file; the extension tells the format. The file appears when the writer is finished.</summary>
    public static ITableWriter Create(string path, Schema schema, WriteOptions? options = null)
    {
        if ((options?.Format ?? FormatOf(path)) is not { } format) throw new ArgumentException(NoFormat(path), nameof(path));
        var file = new AtomicFile(path);
        try
        {
            if (System.IO.Path.GetExtension(path).Equals(".tsv", StringComparison.OrdinalIgnoreCase))
                options = (options ?? new()) with { Separator = '\t' };
            return new FileTableWriter(file, Create(file.Stream, format, schema, options));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Begins a Parquet file with the row groups of others, byte for byte; rows that are written then follow in row groups of their own.
    /// The first of them may be the file itself.</summary>
    /// <remarks>The files must store their columns alike. Metadata that all agree on is kept, but for what speaks of all rows
    /// (<c>anit.</c>...).</remarks>
    /// <example><code>
    /// await using var writer = await Table.AppendAsync("log.parquet", ["log.parquet"]);
    /// await writer.WriteAsync(batch);
    /// await writer.FinishAsync();
    /// </code></example>
    public static async Task<ITableWriter> AppendAsync(string path, IReadOnlyList<string> from, WriteOptions? options = null,
        CancellationToken stop = default)
    {
        if (from.Count == 0) throw new ArgumentException("name a file whose row groups are taken over", nameof(from));
        var file = new AtomicFile(path);
        try
        {
            var (writer, metadata) = ((ParquetWriter?)null, new Dictionary<string, string>());
            foreach (var source in from)
            {
                await using var reader = await OpenAsync(DataSource.File(source), stop: stop).ConfigureAwait(false) as ParquetReader
                    ?? throw new DataFormatException("row groups are taken over from Parquet, which this is not").At(file: source);
                var known = reader.Schema.Metadata;
                metadata = writer is null ? known.Where(pair => !pair.Key.StartsWith("anit.", StringComparison.Ordinal)).ToDictionary()
                    : metadata.Where(pair => known.GetValueOrDefault(pair.Key) == pair.Value).ToDictionary();
                writer ??= ParquetWriter.Create(file.Stream, new Schema(reader.Schema.Fields), options ?? new());
                try
                {
                    await writer.CopyAsync(reader, stop).ConfigureAwait(false);
                }
                catch (DataFormatException e)
                {
                    throw e.At(file: source);
                }
            }
            return new FileTableWriter(file, writer!, metadata);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Begins a table on a stream, which need not seek and stays open.</summary>
    public static ITableWriter Create(Stream stream, TableFormat format, Schema schema, WriteOptions? options = null)
    {
        options ??= new();
        return format switch
        {
            TableFormat.Parquet => ParquetWriter.Create(stream, schema, options),
            TableFormat.ArrowFile => ArrowWriter.Create(stream, file: true, schema, options),
            TableFormat.ArrowStream => ArrowWriter.Create(stream, file: false, schema, options),
            TableFormat.Jsonl => new JsonlWriter(stream, schema),
            TableFormat.JsonArray => new JsonlWriter(stream, schema, array: true),
            _ => new CsvTableWriter(stream, schema, options.Separator),
        };
    }

    /// <summary>The format that a file of this name gets when written; false when its extension stands for none.</summary>
    public static bool TryFormatOf(string path, out TableFormat format) => Extensions.TryGetValue(Path.GetExtension(path), out format);

    /// <summary>What to say where <see cref="TryFormatOf"/> is false.</summary>
    public static string NoFormat(string path) => $"{path}: the extension tells the format; use one of {string.Join(' ', Extensions.Keys)}";

    static TableFormat? FormatOf(string path) => TryFormatOf(path, out var format) ? format : null;
}

/// <summary>Commits the file when its table is finished.</summary>
sealed class FileTableWriter(AtomicFile file, ITableWriter inner, IReadOnlyDictionary<string, string>? metadata = null) : ITableWriter
{
    public ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default) => inner.WriteAsync(batch, stop);

    public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
    {
        var late = metadata is null ? lateMetadata : new Schema([], metadata).WithMetadata(lateMetadata ?? new Dictionary<string, string>()).Metadata;
        await inner.FinishAsync(late).ConfigureAwait(false);
        file.Commit();
    }

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        file.Dispose();
    }
}

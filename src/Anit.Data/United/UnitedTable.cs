using System.Runtime.CompilerServices;
using Anit.Data.Receipts;

namespace Anit.Data.United;

/// <summary>Several tables read one after another as one.</summary>
/// <remarks>All are opened once for their columns and again when their turn comes, so that one is open at a time; a pipe stays open.</remarks>
sealed class UnitedTable : ITableReader
{
    readonly IReadOnlyList<TablePart> parts;
    readonly IReadOnlyList<Schema> schemas;
    readonly IReadOnlyList<ITableReader?> opened;
    readonly FolderColumns folders;
    readonly ReadOptions options;
    readonly ConcatReceipt? receipt;
    readonly IReadOnlyList<ColumnRange> wanted;
    Dictionary<string, string>? late;

    UnitedTable(IReadOnlyList<TablePart> parts, IReadOnlyList<Schema> schemas, IReadOnlyList<ITableReader?> opened, FolderColumns folders,
        Schema schema, ReadOptions options, ConcatReceipt? receipt)
    {
        (this.parts, this.schemas, this.opened, this.folders, this.options, this.receipt) = (parts, schemas, opened, folders, options, receipt);
        wanted = [.. options.Ranges, .. options.Where?.Ranges(schema) ?? []];
        var known = new Schema(schema.Fields, schema.Metadata.Where(pair => pair.Key != Chain.Key).ToDictionary(StringComparer.Ordinal));
        Schema = options.Columns is { } names ? known.Select(names) : known;
        if (receipt?.Pending is { } pending) Schema = Schema.WithMetadata(Chain.Key, Chain.Write(pending));
    }

    public Schema Schema { get; }

    public IReadOnlyDictionary<string, string> LateMetadata =>
        receipt?.Finished is { } chain ? new Dictionary<string, string>(late ?? []) { [Chain.Key] = Chain.Write(chain) } : late ?? [];

    public static async Task<ITableReader> OpenAsync(DataSource source, ReadOptions options, CancellationToken stop)
    {
        var (parts, union) = (source.Parts, new SchemaUnion());
        var (schemas, opened, folders) = (new List<Schema>(), new List<ITableReader?>(), new FolderColumns(parts));
        var receipt = options.CarryReceipts && options is { Columns: null, Ranges.Count: 0, Where: null } ? new ConcatReceipt(parts) : null;
        try
        {
            var whole = options with { Columns = null, Ranges = [], Where = null, Name = null };
            foreach (var part in parts)
            {
                var reader = await Table.OpenAsync(part.Source, whole, stop).ConfigureAwait(false);
                opened.Add(part.Source.Repeats ? null : reader);
                await using var closing = part.Source.Repeats ? reader : null;
                receipt?.Add(reader, trusted: !part.Source.Repeats || reader is ISealedReader { SealFits: true });
                union.Add(part.Source.Name ?? "a stream", reader.Schema);
                schemas.Add(reader.Schema);
            }
            return new UnitedTable(parts, schemas, opened, folders, folders.AddTo(union.Schema), options, receipt);
        }
        catch
        {
            receipt?.Dispose();
            foreach (var reader in opened)
                if (reader is not null) await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        using var ids = options.UniqueColumn is { } name && Schema.Has(name) ? new UniqueIds(name, parts) : null;
        receipt?.Begin(Schema);
        for (var part = 0; part < parts.Count; part++)
        {
            if (PartOptions(part) is not { } how) continue;
            var reader = opened[part] ?? await Table.OpenAsync(parts[part].Source, how, stop).ConfigureAwait(false);
            await using var closing = opened[part] is null ? reader : null;
            var columns = Match(part, reader.Schema);
            await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false))
            {
                receipt?.AddPart(part, batch);
                var united = United(part, columns, batch);
                receipt?.AddWhole(united);
                ids?.Add(part, united);
                yield return united;
            }
            receipt?.EndPart(part, reader.LateMetadata);
            late = late is null ? new(reader.LateMetadata, StringComparer.Ordinal)
                : late.Where(pair => reader.LateMetadata.GetValueOrDefault(pair.Key) == pair.Value).ToDictionary(StringComparer.Ordinal);
        }
        late?.Remove(Chain.Key);
        if (ids is not null) await ids.CheckAsync(stop).ConfigureAwait(false);
        receipt?.End();
    }

    public async ValueTask DisposeAsync()
    {
        receipt?.Dispose();
        foreach (var reader in opened)
            if (reader is not null) await reader.DisposeAsync().ConfigureAwait(false);
    }

    // How to read a part; null where its rows were ruled out.
    ReadOptions? PartOptions(int part)
    {
        var schema = schemas[part];
        var columns = options.Columns?.Where(schema.Has).Distinct(StringComparer.Ordinal).ToArray();
        if (columns is [] && schema.Fields.Count > 0) columns = [schema.Fields[0].Name]; // for the number of rows
        var ranges = new List<ColumnRange>();
        foreach (var range in wanted)
        {
            var top = range.Column.Split('.')[0];
            if (schema.Has(top))
            {
                // Ticks of another unit would be compared as they are.
                if (schema[top].Type == Schema.Fields.FirstOrDefault(f => f.Name == top)?.Type) ranges.Add(range);
            }
            else if (folders.Excludes(part, range) ?? true) return null; // a column that is not there is all nulls
        }
        return options with { Columns = columns, Ranges = ranges, Where = null, Name = null };
    }

    // For each column of the union the part's own, or -1.
    int[] Match(int part, Schema own)
    {
        foreach (var field in own.Fields)
            if (!schemas[part].Has(field.Name) || schemas[part][field.Name].Type != field.Type)
                throw new DataFormatException($"column '{field.Name}' was another one when the file was opened first; it changes while it is read")
                    .At(file: parts[part].Source.Name);
        return [.. Schema.Fields.Select(field => own.IndexOf(field.Name))];
    }

    ColumnBatch United(int part, int[] from, ColumnBatch batch)
    {
        var columns = new Column[from.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var field = Schema.Fields[i];
            try
            {
                columns[i] = from[i] >= 0 ? batch.Columns[from[i]].To(field.Type)
                    : folders.Column(part, field.Name, batch.Rows) ?? Casts.Nulls(field.Type, batch.Rows);
            }
            catch (DataFormatException lost)
            {
                throw lost.At(file: parts[part].Source.Name, column: field.Name);
            }
        }
        return new ColumnBatch(Schema, columns, batch.Rows);
    }
}

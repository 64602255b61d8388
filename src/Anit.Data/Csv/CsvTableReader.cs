using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using Anit.Data.Json;
using CsvHelper;

namespace Anit.Data.Csv;

/// <summary>Reads comma, semicolon, tab or bar separated text with a header line; the first rows tell the types.</summary>
/// <remarks>RFC 4180. An empty cell is null, an empty text is written "". Lists and structs are JSON text, read as such only
/// when <see cref="ReadOptions.Schema"/> says that the column holds them.</remarks>
sealed class CsvTableReader : ITableReader
{
    readonly CsvReader csv;
    readonly ReadOptions options;
    readonly Queue<(byte[] Cell, bool Quoted)[]> sample;
    readonly Schema whole;
    readonly int[] sources; // for each column of the schema, its cell in a row
    readonly int[] chosen;

    CsvTableReader(CsvReader csv, ReadOptions options, Queue<(byte[], bool)[]> sample, Schema schema, int[] sources)
    {
        (this.csv, this.options, this.sample, whole, this.sources) = (csv, options, sample, schema, sources);
        Schema = options.Columns is { } names ? schema.Select(names) : schema;
        // names may repeat
        chosen = options.Columns is null ? [.. Enumerable.Range(0, schema.Fields.Count)]
            : [.. Schema.Fields.Select(field => schema.IndexOf(field.Name))];
    }

    public Schema Schema { get; }

    public IReadOnlyDictionary<string, string> LateMetadata => ReadOnlyDictionary<string, string>.Empty;

    public static async Task<ITableReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop)
    {
        var csv = CsvReader.Create(stream, new CsvReaderOptions
        {
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            MaxRecordSize = (int)Math.Min(options.Limits.CellBytes, 1 << 30),
            IncludeValuesInExceptions = false,
        });
        var sample = new Queue<(byte[], bool)[]>();
        var names = await HeaderAsync(csv, stop).ConfigureAwait(false);
        if (options.Schema is { } schema)
        {
            var places = schema.Fields.Select(field => Array.IndexOf(names, field.Name)).ToArray();
            if (Array.IndexOf(places, -1) is >= 0 and var missing)
                throw new DataFormatException($"no column \"{schema.Fields[missing].Name}\"; there is {string.Join(", ", names)}");
            return new CsvTableReader(csv, options, sample, schema, places);
        }

        var types = names.Select(_ => new CsvTypes()).ToArray();
        for (long bytes = 0; sample.Count < options.InferRows && bytes < options.Limits.CellBytes
            && await NextAsync(csv, stop).ConfigureAwait(false);)
        {
            var row = new (byte[], bool)[names.Length];
            for (var i = 0; i < row.Length; i++)
            {
                types[i].Add(csv.GetSpan(i), Quoted(csv, i));
                row[i] = (csv.GetSpan(i).ToArray(), Quoted(csv, i));
                bytes += row[i].Item1.Length;
            }
            sample.Enqueue(row);
        }
        var inferred = new Schema(names.Select((name, i) => new Field(name, options.Types.GetValueOrDefault(name) ?? types[i].Type)));
        foreach (var name in options.Types.Keys)
            if (!inferred.Has(name)) throw inferred.NoColumn(name);
        for (var i = 0; i < names.Length; i++)
            if (types[i].Rounded is { } number && !options.Types.ContainsKey(names[i])) throw JsonNumbers.Rounded(number, names[i]);
        return new CsvTableReader(csv, options, sample, inferred, [.. Enumerable.Range(0, names.Length)]);
    }

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        var builders = whole.Fields.Select(field => ColumnBuilder.For(field.Type)).ToArray();
        var cells = new CsvCells(options.Limits);
        for (long row = 0; ;)
        {
            var (count, bytes) = (0, 0L);
            for (; count < options.BatchRows && bytes < options.Limits.BatchBytes / 4; count++)
            {
                if (sample.TryDequeue(out var kept)) Append(cells, builders, kept, ++row, ref bytes);
                else if (await MoreAsync(stop).ConfigureAwait(false)) Append(cells, builders, null, ++row, ref bytes);
                else break;
            }
            if (count == 0) yield break;
            var columns = builders.Select(builder => builder.Build()).ToArray();
            yield return new ColumnBatch(Schema, [.. chosen.Select(i => columns[i])], count);
        }
    }

    public ValueTask DisposeAsync() => csv.DisposeAsync();

    void Append(CsvCells cells, ColumnBuilder[] builders, (byte[] Cell, bool Quoted)[]? kept, long row, ref long bytes)
    {
        try
        {
            for (var i = 0; i < builders.Length; i++)
            {
                var cell = kept is null ? csv.GetSpan(sources[i]) : kept[sources[i]].Cell;
                cells.Append(builders[i], cell, kept is null ? Quoted(csv, sources[i])
                    : kept[sources[i]].Quoted, whole.Fields[i].Name, IsInferred(i));
                bytes += cell.Length;
            }
        }
        catch (DataFormatException fault)
        {
            throw new DataFormatException($"row {row}: {fault.Message}", fault).At(file: options.Name);
        }
    }

    bool IsInferred(int column) => options.Schema is null && !options.Types.ContainsKey(whole.Fields[column].Name);

    async ValueTask<bool> MoreAsync(CancellationToken stop)
    {
        try
        {
            return await NextAsync(csv, stop).ConfigureAwait(false);
        }
        catch (DataFormatException fault)
        {
            throw fault.At(file: options.Name);
        }
    }

    // "" and nothing are both empty; only the first is a text.
    static bool Quoted(CsvReader csv, int i) => csv.GetRawSpan(i) is [(byte)'"', ..];

    static async ValueTask<string[]> HeaderAsync(CsvReader csv, CancellationToken stop)
    {
        try
        {
            await csv.ReadHeaderAsync(stop).ConfigureAwait(false);
        }
        catch (CsvFormatException fault)
        {
            throw Bad(fault);
        }
        return csv.Headers.Count > 0 ? [.. csv.Headers] : throw new DataFormatException("no CSV header in the input");
    }

    static async ValueTask<bool> NextAsync(CsvReader csv, CancellationToken stop)
    {
        try
        {
            return await csv.ReadAsync(stop).ConfigureAwait(false);
        }
        catch (CsvFormatException fault)
        {
            throw Bad(fault);
        }
    }

    static DataFormatException Bad(CsvFormatException fault) =>
        new DataFormatException($"row {fault.RecordNumber - 1}: {fault.Message}", fault).At(offset: fault.ByteOffset);
}

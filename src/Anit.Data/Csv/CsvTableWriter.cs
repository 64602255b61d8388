using Anit.Data.Json;
using CsvHelper;

namespace Anit.Data.Csv;

/// <summary>Writes CSV with a header: text as it is, null as nothing, an empty text as "", lists and structs as JSON.</summary>
/// <remarks>Types and metadata are not kept; lines end with \n. A text that reads like a number or a boolean is quoted, so
/// that it comes back as text.</remarks>
sealed class CsvTableWriter : ITableWriter
{
    readonly CsvWriter csv;
    readonly Schema schema;
    readonly ByteBuffer json = new();
    bool begun;

    public CsvTableWriter(Stream stream, Schema schema, char separator)
    {
        this.schema = schema.Fields.Count > 0 ? schema : throw new UnsupportedTypeException("a table without columns cannot be written as CSV");
        var options = new CsvWriterOptions { Separator = separator, NewLine = "\n" };
        csv = CsvWriter.Create(stream, options, leaveOpen: true);
    }

    public async ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        await HeaderAsync(stop).ConfigureAwait(false);
        for (var row = 0; row < batch.Rows; row++)
        {
            foreach (var column in batch.Columns) Cell(column, row);
            await csv.EndRecordAsync(stop).ConfigureAwait(false);
        }
    }

    public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
    {
        await HeaderAsync(default).ConfigureAwait(false);
        await csv.DisposeAsync().ConfigureAwait(false); // writes what waits
    }

    public ValueTask DisposeAsync() => default; // what was not finished stays unwritten

    async ValueTask HeaderAsync(CancellationToken stop)
    {
        if (begun) return;
        begun = true;
        foreach (var field in schema.Fields) csv.WriteField(field.Name);
        await csv.EndRecordAsync(stop).ConfigureAwait(false);
    }

    void Cell(Column column, int row)
    {
        if (column.IsNull(row))
        {
            csv.WriteField(ReadOnlySpan<byte>.Empty);
            return;
        }
        (column, row) = Cells.Decoded(column, row);
        if (column is Utf8Column texts)
        {
            var cell = texts.Bytes(row);
            var types = new CsvTypes();
            types.Add(cell, quoted: false);
            if (cell.IsEmpty || types.Type is not Utf8Type) csv.WriteField(texts.GetString(row)!, CsvQuoting.Always);
            else csv.WriteField(cell);
            return;
        }
        json.Clear();
        CellJson.Write(json, column, row);
        var shown = json.Written;
        csv.WriteField(shown is [(byte)'"', .., (byte)'"'] ? shown[1..^1] : shown);
    }
}

using System.Text;

namespace Anit.Data.Tests;

/// <summary>DuckDB, which reads files of ours and writes what a statement makes of them.</summary>
static class Duck
{
    /// <summary>Runs statements; the rows of the last come back as JSON arrays.</summary>
    public static async Task<string[]> Run(params IEnumerable<string> statements)
    {
        var input = Encoding.UTF8.GetBytes(string.Join('\n', statements.Select(s => s.ReplaceLineEndings(" "))) + "\n");
        return Encoding.UTF8.GetString(await Oracle.Run("sql.mjs", input)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>A statement that writes what a query gives.</summary>
    public static string Copy(string query, string to) => $"copy ({query}) to '{to}' (format parquet)";
}

/// <summary>Tables of small tests, and their rows as canonical JSON.</summary>
static class Rows
{
    public static async Task Write(string path, Schema schema, params IEnumerable<ColumnBatch> batches)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var writer = Table.Create(path, schema);
        foreach (var batch in batches) await writer.WriteAsync(batch.WithSchema(schema));
        await writer.FinishAsync();
    }

    /// <summary>A file of one column of integers, or of text.</summary>
    public static Task Write(string path, string column, params int[] values) => Write(path, new Schema([new(column, DataType.Int32)]),
        new ColumnBatch(new([new(column, DataType.Int32)]), [new FixedColumn<int>(DataType.Int32, values)]));

    public static Task Write(string path, string column, params string?[] values) => Write(path, new Schema([new(column, DataType.Utf8)]),
        new ColumnBatch(new([new(column, DataType.Utf8)]), [Utf8Column.Of(values)]));

    public static async Task<(Schema Schema, string[] Rows)> Of(ITableReader table)
    {
        await using var reader = table;
        var (rows, json) = (new List<string>(), new CanonicalJson());
        await foreach (var batch in reader.ReadBatchesAsync())
            for (var i = 0; i < batch.Rows; i++) rows.Add(Encoding.UTF8.GetString(json.Row(batch, i).Span).TrimEnd());
        return (reader.Schema, [.. rows]);
    }

    public static async Task<(Schema Schema, string[] Rows)> Of(params string[] paths) => await Of(await Table.OpenAsync(paths));
}

using Anit.Data;

namespace Anit.Tools.Score.Embedders;

/// <summary><c>file:TABLE</c>: vectors made beforehand, columns <c>text</c> and <c>vector</c> (list of numbers).</summary>
static class FileEmbedder
{
    /// <summary>Reads the table.</summary>
    public static async Task<Embedder> OpenAsync(EmbedderSetup setup, CancellationToken stop) => (await LoadAsync(setup.Place, stop)).ToEmbedder();

    static async Task<VectorTable> LoadAsync(string path, CancellationToken stop)
    {
        var input = new TableInput(path);
        await using var table = await input.OpenAsync(stop);
        input.Check(() => TableColumns.Require(table.Schema, "text", "a table of vectors has the columns text and vector"));
        if (!table.Schema.Has("vector") || table.Schema["vector"].Type is not ListType)
            throw new DataFormatException(
                $"no list of numbers \"vector\"; there is {table.Schema}; a table of vectors has the columns text and vector").At(file: path);

        var vectors = new VectorTable(path);
        var rows = 0L;
        await foreach (var batch in table.ReadBatchesAsync(stop))
        {
            var list = (ListColumn)batch["vector"];
            for (var row = 0; row < batch.Rows; row++, rows++)
            {
                if (batch["text"].Text(row) is not { } text || list.IsNull(row))
                    throw new DataFormatException($"row {rows}: a text or vector is null; expected both").At(file: path);
                var (start, end) = (list.Offsets[row], list.Offsets[row + 1]);
                var vector = new float[end - start];
                for (var i = 0; i < vector.Length; i++)
                    vector[i] = (float)(list.Items.Number(start + i)
                        ?? throw new DataFormatException($"row {rows}: number {i} of the vector is null").At(file: path));
                vectors.Add(text, vector);
            }
        }
        return vectors;
    }
}

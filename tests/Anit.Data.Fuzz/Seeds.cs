namespace Anit.Data.Fuzz;

/// <summary>The files that mutations begin with: those of a folder, and their rows as JSON lines, a JSON array and CSV.</summary>
static class Seeds
{
    const long Largest = 40_000;
    static readonly string[] Binary = [".parquet", ".arrow", ".arrows", ".arrow_file", ".stream", ".feather"];
    static readonly TableFormat[] Texts = [TableFormat.Jsonl, TableFormat.JsonArray, TableFormat.Csv];

    /// <param name="folder">Searched with all folders below.</param>
    /// <param name="kind">An extension; <c>text</c> for the text forms of all tables; <c>*</c> for everything.</param>
    public static (string Name, byte[] Bytes)[] Load(string folder, string kind)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f =>
                Binary.Contains(Path.GetExtension(f)) && (kind is "*" or "text" || f.EndsWith(kind, StringComparison.Ordinal))
                && new FileInfo(f).Length is > 0 and <= Largest)
            .Order(StringComparer.Ordinal).Select(f => (Path.GetRelativePath(folder, f), File.ReadAllBytes(f))).ToList();
        var seeds = kind == "text" ? [] : files.ToList();
        if (kind is "text" or "*")
            foreach (var (name, bytes) in files) seeds.AddRange(TextsOf(name, bytes));
        return [.. seeds];
    }

    static IEnumerable<(string, byte[])> TextsOf(string name, byte[] file)
    {
        if (name.Contains("bad", StringComparison.Ordinal)) yield break;
        foreach (var format in Texts)
        {
            var text = new MemoryStream();
            try
            {
                Probe.Wait(CopyAsync(file, text, format));
            }
            catch (DataFormatException)
            {
                yield break;
            }
            if (text.Length is > 0 and <= Largest) yield return ($"{name}.{format}", text.ToArray());
        }
    }

    static async Task CopyAsync(byte[] file, Stream text, TableFormat format)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(file));
        await using var writer = Table.Create(text, format, reader.Schema);
        await foreach (var batch in reader.ReadBatchesAsync()) await writer.WriteAsync(batch);
        await writer.FinishAsync();
    }
}

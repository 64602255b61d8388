using Anit.Data;

namespace Anit.Tools.Data;

/// <summary>Native files to import. Standard input is kept, because the receipt needs its digest before its rows.</summary>
sealed class InputFiles : IDisposable
{
    readonly List<Spool> kept = [];
    readonly List<DataSource> bytes = [];

    /// <summary>Their bytes, in order.</summary>
    public IReadOnlyList<DataSource> Bytes => bytes;

    /// <summary>The files with their names in messages.</summary>
    public IReadOnlyList<ImportSource> Sources => bytes.ConvertAll(source => new ImportSource(source.Name!, source.Open));

    public static async Task<InputFiles> OfAsync(IEnumerable<string> names, CancellationToken stop)
    {
        var files = new InputFiles();
        try
        {
            foreach (var name in names) files.bytes.Add(await files.RepeatableAsync(TableInput.FileOf(name), stop));
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>A table whose pipes are kept.</summary>
    public static async Task<(InputFiles Files, DataSource Table)> KeepAsync(DataSource table, CancellationToken stop)
    {
        var files = new InputFiles();
        try
        {
            if (table.Parts.Count == 0) return (files, await files.RepeatableAsync(table, stop));
            var parts = new List<TablePart>();
            foreach (var part in table.Parts) parts.Add(part with { Source = await files.RepeatableAsync(part.Source, stop) });
            return (files, DataSource.Of(parts, table.Name));
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose() => kept.ForEach(spool => spool.Dispose());

    async Task<DataSource> RepeatableAsync(DataSource source, CancellationToken stop)
    {
        if (source.Repeats) return source;
        kept.Add(await Spool.KeepAsync(source.Open(), stop));
        return DataSource.Kept(kept[^1]) with { Name = source.Name };
    }
}

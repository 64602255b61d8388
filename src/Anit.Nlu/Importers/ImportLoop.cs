namespace Anit.Nlu.Importers;

/// <summary>The loop of every importer: sources, records, rows. A record that is not in its format ends the import, or is skipped and
/// counted.</summary>
sealed class ImportLoop(ImportOptions options, ImportTally tally)
{
    /// <summary>The rows of all sources, in order; records are numbered from 0 over all of them.</summary>
    /// <param name="sources">What to read.</param>
    /// <param name="records">The records of a source; null stands for one that was skipped and keeps its number.</param>
    /// <param name="row">The row of a record and its number; null for a record that makes none.</param>
    public IEnumerable<NluRow> Rows<T>(IReadOnlyList<ImportSource> sources, Func<ImportSource, IEnumerable<T?>> records, Func<T, long, NluRow?> row)
        where T : class
    {
        var number = 0L;
        foreach (var record in sources.SelectMany(records))
        {
            var own = number++;
            if (record is not null && Read(() => row(record, own)) is { } made) yield return made;
        }
    }

    /// <summary>What <paramref name="read"/> gives; null where it meets a record that is not in its format and such records are skipped.</summary>
    public T? Read<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (InvalidDataException bad) when (options.SkipBad)
        {
            tally.Skip(bad.Message);
            return null;
        }
    }
}

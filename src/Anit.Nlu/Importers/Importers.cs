namespace Anit.Nlu;

/// <summary>Reads datasets in their native formats, one row at a time.</summary>
/// <remarks>docs/datasets.md describes each format. Sources may be gzipped. Records that are not in the format end the import with
/// <see cref="InvalidDataException"/>, "file: line N: found ..., expected ...", or are skipped and counted when asked for.</remarks>
public static class Importers
{
    delegate IEnumerable<NluRow> Reader(ImportContext context);

    sealed record Format(Reader Read, params (string Task, LabelTable Labels)[] Tasks);

    static readonly LabelTable NoLabels = new([]);

    static readonly SortedDictionary<string, Format> Formats = new(StringComparer.Ordinal)
    {
        ["conll2003"] = new(ConllImporter.Conll2003, (NluTask.Ner, DatasetLabels.Conll2003)),
        ["ontonotes"] = new(ConllImporter.OntoNotes, (NluTask.Ner, DatasetLabels.OntoNotes)),
        ["nyt"] = new(NytImporter.Read, (NluTask.Relations, DatasetLabels.NytRelations), (NluTask.Ner, DatasetLabels.NytEntities)),
        ["scierc"] = new(SciErcImporter.Read, (NluTask.Relations, DatasetLabels.SciErcRelations), (NluTask.Ner, DatasetLabels.SciErcEntities)),
        ["sst2"] = new(Sst2Importer.Read, (NluTask.Classification, DatasetLabels.Sst2)),
        ["agnews"] = new(AgNewsImporter.Read, (NluTask.Classification, DatasetLabels.AgNews)),
        ["14lap"] = new(AsteImporter.Read, (NluTask.Aspects, DatasetLabels.Polarities)),
        ["14res"] = new(AsteImporter.Read, (NluTask.Aspects, DatasetLabels.Polarities)),
        ["alpaca"] = new(AlpacaImporter.Read, (NluTask.Other, NoLabels)),
    };

    /// <summary>Names of the formats.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Formats.Keys];

    /// <summary>What an import of this format with these options will do; nothing is read.</summary>
    /// <exception cref="ArgumentException">There is no such format, or it has no annotation for the task asked for.</exception>
    public static ImportPlan Plan(string format, ImportOptions options)
    {
        if (!Formats.TryGetValue(format, out var known))
            throw new ArgumentException($"format \"{format}\" is none of {string.Join(", ", Names)}");

        var (task, labels) = known.Tasks.FirstOrDefault(t => options.Task is null || t.Task == options.Task);
        if (task is null)
        {
            var tasks = string.Join(", ", known.Tasks.Select(t => t.Task));
            throw new ArgumentException($"{format} has no annotation for the task \"{options.Task}\", only {tasks}");
        }

        var dataset = options.Dataset ?? format;
        return new(dataset, task, task == NluTask.Other ? null : options.Instructions.For(dataset, task), options.Labels.Of(labels).Entries);
    }

    /// <summary>The rows of files in a format, in file order.</summary>
    /// <param name="format">One of <see cref="Names"/>.</param>
    /// <param name="sources">The files; row numbers run on from one to the next.</param>
    /// <param name="options">How to make rows.</param>
    /// <param name="tally">Counts what was met; complete when the last row has been taken.</param>
    /// <exception cref="ArgumentException">There is no such format, or it has no annotation for the task asked for.</exception>
    public static IEnumerable<NluRow> Read(string format, IReadOnlyList<ImportSource> sources, ImportOptions options, ImportTally tally)
    {
        var plan = Plan(format, options);
        return Formats[format].Read(new(plan, sources, options, tally));
    }
}

/// <summary>What an import will do, as far as it is decided by options: with the files' content this fixes every row.</summary>
/// <param name="Dataset">Name of the dataset in row ids.</param>
/// <param name="Task">The task of its rows.</param>
/// <param name="Wording">Instruction, question and format; null where the rows bring their own.</param>
/// <param name="Labels">Codes in the files and their names in options and answers.</param>
public sealed record ImportPlan(string Dataset, string Task, TaskWording? Wording, IReadOnlyList<(string Code, string Name)> Labels);

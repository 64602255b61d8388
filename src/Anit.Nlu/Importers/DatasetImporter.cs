using System.Reflection;

namespace Anit.Nlu.Importers;

/// <summary>Reads datasets in their native formats, one row at a time.</summary>
/// <remarks>docs/datasets.md describes each format. Sources may be gzipped. Records that are not in the format end the import with
/// <see cref="InvalidDataException"/>, "file: line N: found ..., expected ...", or are skipped and counted when asked for.
/// A static property of type <see cref="ImportFormat"/> of a class named <c>...Importer</c> is found; no list has to be edited.</remarks>
public static class DatasetImporter
{
    static readonly SortedDictionary<string, ImportFormat> Formats = new(
        typeof(ImportFormat).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Importer", StringComparison.Ordinal)) // anit-data starts with this: looking at all takes 20 ms
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(property => property.PropertyType == typeof(ImportFormat)).Select(property => (ImportFormat)property.GetValue(null)!)
            .ToDictionary(format => format.Name),
        StringComparer.Ordinal);

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
        return new(dataset, task, task == NluTask.Other ? [] : options.Instructions.For(dataset, task), options.Labels.Of(labels).Entries);
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
/// <param name="Wordings">Instruction, question and format, of which each row draws one; empty where the rows bring their own.</param>
/// <param name="Labels">Codes in the files and their names in options and answers.</param>
public sealed record ImportPlan(string Dataset, string Task, IReadOnlyList<TaskWording> Wordings, IReadOnlyList<(string Code, string Name)> Labels);

/// <summary>A format as its importer describes it.</summary>
/// <param name="Name">As in <c>anit-data import NAME</c>.</param>
/// <param name="Read">Reads the rows.</param>
/// <param name="Tasks">The tasks it has annotations for, the usual one first, each with its labels as files spell them and in natural words.</param>
/// <remarks>Names for CoNLL-2003, AG News, SST-2 and the polarities are the paper's; the rest are ours.</remarks>
sealed record ImportFormat(string Name, Func<ImportContext, IEnumerable<NluRow>> Read, params (string Task, LabelTable Labels)[] Tasks);

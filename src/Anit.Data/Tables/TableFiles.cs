using Anit.Data.United;

namespace Anit.Data;

/// <summary>One of several files that are read as one table.</summary>
/// <param name="Source">Its bytes.</param>
/// <param name="Folders">What its folders say of all its rows, <c>split=train</c> say; a null value is a null cell.</param>
public sealed record TablePart(DataSource Source, IReadOnlyList<KeyValuePair<string, string?>> Folders);

/// <summary>Finds the files that names stand for: files, patterns and folders.</summary>
/// <example><code>
/// TableFiles.Find("data/*.parquet")    // part-2.parquet before part-10.parquet
/// TableFiles.Find("data")              // every table in the folder and below
/// </code></example>
/// <remarks>A file that exists is taken by its name, whatever letters it has. In a folder, files of an extension that stands for a table count,
/// all of one format; names that begin with a dot or an underscore and the JSON files that Hugging Face's libraries keep beside a table do
/// not.</remarks>
public static class TableFiles
{
    const string NullFolder = "__HIVE_DEFAULT_PARTITION__";

    static readonly string[] Descriptions = ["dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"];

    /// <summary>Whether the name stands for files to be found, and not for one file of that name.</summary>
    public static bool IsSeveral(string name) => Directory.Exists(name) || (PathPattern.IsOne(name) && !File.Exists(name));

    /// <summary>The files of a name: itself, those that a pattern fits or those of a folder, in natural order.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static IReadOnlyList<string> Find(string name)
    {
        if (Directory.Exists(name)) return InFolder(name);
        if (File.Exists(name)) return [name];
        if (!PathPattern.IsOne(name)) throw new FileNotFoundException($"{name}: no such file", name);
        return PathPattern.Files(name) is { Count: > 0 } files ? files : throw new FileNotFoundException($"{name}: no file fits this pattern", name);
    }

    /// <summary>The files of several names in the order given, with what their folders say.</summary>
    /// <remarks>Folders named <c>key=value</c> are columns when there are several files, or one that a pattern or folder stands for, and all
    /// have the same keys.</remarks>
    public static IReadOnlyList<TablePart> Parts(IReadOnlyCollection<string> names)
    {
        var files = names.SelectMany(Find).ToArray();
        var folders = files.Select(FoldersOf).ToArray();
        var keys = folders.Length > 0 ? folders[0].Select(pair => pair.Key).ToArray() : [];
        var same = (files.Length > 1 || names.Any(IsSeveral)) && folders.All(f => f.Select(pair => pair.Key).SequenceEqual(keys));
        return [.. files.Zip(folders, (file, own) => new TablePart(DataSource.File(file), same ? own : []))];
    }

    /// <summary>The folder of a value; what is no plain letter is escaped as in a URL.</summary>
    internal static string FolderOf(string key, string? value)
    {
        var name = value is null ? NullFolder : Uri.EscapeDataString(value);
        return $"{Uri.EscapeDataString(key)}={(value == NullFolder ? name.Replace("_", "%5F", StringComparison.Ordinal) : name)}";
    }

    static string[] InFolder(string name)
    {
        var files = PathPattern.Files(name.TrimEnd('/') + "/**").Where(IsTable).ToArray();
        if (files.Length == 0) throw new FileNotFoundException($"{name}: a folder without tables ({string.Join(' ', Table.Extensions.Keys)})", name);
        var formats = files.DistinctBy(file => Table.TryFormatOf(file, out var format) ? format : default)
            .Take(2).Select(Path.GetExtension).ToArray();
        return formats.Length == 1 ? files
            : throw new DataFormatException($"{name}: a folder with {formats[0]} and {formats[1]} files; name the ones to read, as in "
                + $"\"{name.TrimEnd('/')}/**/*{formats[0]}\"");

        bool IsTable(string file) => Table.TryFormatOf(file, out _) && !Descriptions.Contains(Path.GetFileName(file))
            && !file[name.Length..].Split('/').Any(part => part.StartsWith('_'));
    }

    static KeyValuePair<string, string?>[] FoldersOf(string path)
    {
        var pairs = new List<KeyValuePair<string, string?>>();
        foreach (var folder in (Path.GetDirectoryName(path) ?? "").Split('/'))
        {
            var at = folder.IndexOf('=');
            if (at <= 0) continue;
            var (key, value) = (Uri.UnescapeDataString(folder[..at]), folder[(at + 1)..]);
            pairs.RemoveAll(pair => pair.Key == key); // the innermost tells
            pairs.Add(new(key, value == NullFolder ? null : Uri.UnescapeDataString(value)));
        }
        return [.. pairs];
    }
}

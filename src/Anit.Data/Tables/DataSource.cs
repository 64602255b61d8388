namespace Anit.Data;

/// <summary>Where bytes are read from: a file or a kept pipe as often as wanted, any other stream once.</summary>
/// <param name="Open">Opens the bytes at their start; the caller closes them.</param>
/// <param name="Repeats">Whether they can be opened again.</param>
/// <param name="Name">What it is called in messages.</param>
public sealed record DataSource(Func<Stream> Open, bool Repeats, string? Name = null)
{
    /// <summary>Several sources that are one table, in the order of their rows; empty for one alone.</summary>
    public IReadOnlyList<TablePart> Parts { get; init; } = [];

    /// <summary>A file.</summary>
    public static implicit operator DataSource(string path) => File(path);

    /// <summary>A file.</summary>
    public static DataSource File(string path) =>
        new(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous),
            Repeats: true, path);

    /// <summary>A pipe.</summary>
    public static DataSource Once(Stream stream) => new(() => stream, Repeats: false);

    /// <summary>A pipe that was kept.</summary>
    public static DataSource Kept(Spool spool) => new(spool.Open, Repeats: true);

    /// <summary>The files that names stand for (<see cref="TableFiles"/>), as one table.</summary>
    public static DataSource Files(params IReadOnlyCollection<string> names) =>
        Of(TableFiles.Parts(names), names.Count == 1 ? names.First() : null);

    /// <summary>Several sources as one table; one that says nothing by its folders is itself.</summary>
    public static DataSource Of(IReadOnlyList<TablePart> parts, string? name = null) => parts switch
    {
        [] => throw new ArgumentException("no input is named", nameof(parts)),
        [{ Folders.Count: 0 } one] => one.Source,
        _ => new(() => throw new InvalidOperationException("several sources are opened one by one"), parts.All(part => part.Source.Repeats),
            name ?? $"{parts[0].Source.Name} and {parts.Count - 1} more") { Parts = parts },
    };
}

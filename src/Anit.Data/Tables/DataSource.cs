namespace Anit.Data;

/// <summary>Where bytes are read from: a file or a kept pipe as often as wanted, any other stream once.</summary>
/// <param name="Open">Opens the bytes at their start; the caller closes them.</param>
/// <param name="Repeats">Whether they can be opened again.</param>
/// <param name="Name">What it is called in messages.</param>
public sealed record DataSource(Func<Stream> Open, bool Repeats, string? Name = null)
{
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
}

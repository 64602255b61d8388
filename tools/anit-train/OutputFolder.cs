using System.Text.Json.Nodes;
using Anit.Cli;

namespace Anit.Tools.Train;

/// <summary>A folder that is made as a whole: written beside its place and put there in one step, so that a kill leaves the old result or the new
/// one.</summary>
/// <remarks>What stands in the place is replaced only when it is empty or holds nothing but a result of ours, file by file as it was
/// written (<see cref="Manifest"/>). All of this is checked before any work and once more at the end.</remarks>
sealed class OutputFolder : IDisposable
{
    readonly string place;
    IReadOnlyList<string> names = [];
    FileStream? lockFile;
    string? made; // the topmost folder above the place that we had to make
    bool kept;

    /// <summary>Looks at a place.</summary>
    /// <param name="given">The path as the user gave it; a link stands for what it points to.</param>
    /// <param name="inputs">What is read, which must neither be the place nor lie in it; null and - are no files.</param>
    /// <exception cref="UserError">The place cannot be given away.</exception>
    public OutputFolder(string given, params (string What, string? Path)[] inputs)
    {
        place = Locate(given, inputs);
        Name = Path.IsPathRooted(given) ? place : Path.GetRelativePath(Directory.GetCurrentDirectory(), place);
        if (!Directory.Exists(place) && Directory.Exists(Old) && Manifest.Foreign(Old) is null) Directory.Move(Old, place); // see Exchange
        Refuse(place, Name);
        Refuse(Part, Part);
        Result = Directory.Exists(place) ? Manifest.Read(place)?.Record : null;
    }

    /// <summary>A path with its links resolved, unless a result can never go there.</summary>
    /// <exception cref="UserError">It is a file, or what is read lies there.</exception>
    public static string Locate(string given, params (string What, string? Path)[] inputs)
    {
        if (given.Length == 0) throw new UserError("--out is empty; name a folder", Exit.Usage);
        var place = RealPath.Of(given);
        foreach (var (what, path) in inputs.Prepend(("the current folder", ".")))
            if (!Streams.IsStandard(path) && RealPath.Inside(RealPath.Of(path!), place))
                throw new UserError($"--out {given} {(RealPath.Of(path!) == place ? "is" : "holds")} {what}{(path == "." ? "" : $" ({path})")}; " +
                    "name a folder of its own for the result", Exit.Usage);
        return File.Exists(place) ? throw new UserError($"--out {given} is a file; name a folder", Exit.Usage) : place;
    }

    /// <summary>The place in messages, and what the names of files beside it begin with.</summary>
    public string Name { get; }

    /// <summary>Where the files are written.</summary>
    public string Part => Name + ".part";

    /// <summary>The record of the result that is there; null where there is none.</summary>
    public JsonObject? Result { get; }

    string Old => place + ".replaced";

    /// <summary>Whether exactly this result is there.</summary>
    public bool Holds(string record) => Result is not null && JsonNode.DeepEquals(Result, JsonNode.Parse(record)) &&
        Manifest.Read(place)!.Files.Keys.All(name => File.Exists(Path.Combine(place, name)));

    /// <summary>Makes the folder that the files are written to; the first thing that changes anything.</summary>
    /// <param name="files">Names of the files that may be written.</param>
    public void Begin(IReadOnlyList<string> files)
    {
        if (lockFile is not null) return;
        names = files;
        try
        {
            for (var above = Path.GetDirectoryName(place); above is not null && !Directory.Exists(above); above = Path.GetDirectoryName(above))
                made = above;
            Directory.CreateDirectory(Part);
            lockFile = new(Path.Combine(Part, Manifest.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException locked) when (File.Exists(Path.Combine(Part, Manifest.Lock))
            && locked is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new UserError($"another run is writing {Part}; wait for its end or choose another --out");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{Part} cannot be made: {error.Message}; choose another --out");
        }
        AppDomain.CurrentDomain.ProcessExit += AtExit;
        Refuse(Part, Part);
        // of a killed run
        foreach (var path in Directory.GetFiles(Part).Where(p => Path.GetFileName(p) is not (Manifest.Name or Manifest.Lock))) File.Delete(path);
        Manifest.Begin(Part, names);
    }

    /// <summary>Puts the finished files in place of what was there.</summary>
    /// <exception cref="UserError">Something that is not ours has come into the place since the run began.</exception>
    public void Commit(string record)
    {
        kept = true; // from here on the result is whole, whatever happens
        Manifest.Finish(Part, record, names);
        lockFile!.Dispose();
        File.Delete(Path.Combine(Part, Manifest.Lock));
        if (!Directory.Exists(place))
        {
            Directory.Move(Part, place);
            return;
        }
        if (Manifest.Foreign(place) is { } late) throw new UserError($"{Name} now holds {late}; nothing was replaced, the result is in {Part}");
        Exchange();
    }

    void Exchange()
    {
        if (RealPath.Exchange(Part, place))
        {
            Manifest.Delete(Part);
            return;
        }
        // A file system that cannot exchange two folders: for a moment the old one is only in OUT.replaced, where the next run finds it.
        Refuse(Old, Old);
        if (Directory.Exists(Old)) Manifest.Delete(Old);
        Directory.Move(place, Old);
        Directory.Move(Part, place);
        Manifest.Delete(Old);
    }

    /// <summary>Removes an unfinished result and the folders made for it.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= AtExit;
        if (lockFile is null || kept) return;
        Manifest.Delete(Part);
        lockFile.Dispose();
        lockFile = null;
        for (var above = Path.GetDirectoryName(place); made is not null && above is not null
            && above.StartsWith(made, StringComparison.Ordinal); above = Path.GetDirectoryName(above))
            if (!Directory.EnumerateFileSystemEntries(above).Any()) Directory.Delete(above);
    }

    // A signal ends a tool that waits, for the rows of a pipe say, without coming back here.
    void AtExit(object? sender, EventArgs e)
    {
        try { Dispose(); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { } // the next run removes it
    }

    static void Refuse(string folder, string name)
    {
        if (File.Exists(folder)) throw new UserError($"{name} is a file, where a folder is to be written; move it away or choose another --out");
        if (Directory.Exists(folder) && Manifest.Foreign(folder) is { } what)
            throw new UserError($"{name} holds {what}; only what anit-train wrote is ever replaced: move it away or choose another --out");
    }
}

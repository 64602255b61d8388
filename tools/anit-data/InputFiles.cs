using Anit.Cli;
using Anit.Nlu;

namespace Anit.Tools.Data;

/// <summary>Native files to import. Standard input is kept in a temporary file, because the receipt needs its digest before its rows.</summary>
sealed class InputFiles : IDisposable
{
    const string StandardInput = "standard input";

    readonly List<string> temporary = [];
    readonly List<ImportSource> sources = [];
    readonly List<string> paths = [];

    /// <summary>The files with their names in messages.</summary>
    public IReadOnlyList<ImportSource> Sources => sources;

    /// <summary>Where their bytes are.</summary>
    public IReadOnlyList<string> Paths => paths;

    public static async Task<InputFiles> OfAsync(IEnumerable<string> names, CancellationToken stop)
    {
        var files = new InputFiles();
        try
        {
            foreach (var name in names)
            {
                await using var stream = Streams.OpenInput(name);
                var path = Streams.IsStandard(name) ? await files.KeptAsync(stream, stop) : name;
                files.paths.Add(path);
                files.sources.Add(ImportSource.File(path) with { Name = Streams.IsStandard(name) ? StandardInput : name });
            }
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose() => temporary.ForEach(File.Delete);

    async Task<string> KeptAsync(Stream stream, CancellationToken stop)
    {
        var path = Path.GetTempFileName();
        temporary.Add(path);
        await using var file = File.OpenWrite(path);
        await stream.CopyToAsync(file, stop);
        return path;
    }
}

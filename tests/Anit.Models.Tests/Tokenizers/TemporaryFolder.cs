namespace Anit.Models.Tests.Tokenizers;

/// <summary>A folder that goes away with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("anit-tokenizer-").FullName;

    public string Write(string name, string content)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, name), content);
        return Path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using System.IO.Compression;
using System.Text;

namespace Anit.Models.Tests.Tokenizers;

/// <summary>Lines and sentences of the shared datasets; nothing where they are absent.</summary>
public static class SharedTexts
{
    static readonly string[] columnFormats = ["conll2003", "ontonotes"];

    public static IEnumerable<string> All()
    {
        if (SharedData.Folder is null) yield break;
        foreach (var file in Directory.EnumerateFiles(SharedData.Path("datasets"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var stream = File.OpenRead(file);
            using var reader = new StreamReader(file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress)
                : stream, Encoding.UTF8);
            var words = columnFormats.Any(file.Contains);
            var sentence = new List<string>();
            while (reader.ReadLine() is { } line)
            {
                if (!words && line.Length > 0) yield return line;
                else if (line.Length > 0) sentence.Add(line.Split([' ', '\t'], 2)[0]);
                else if (sentence.Count > 0)
                {
                    yield return string.Join(' ', sentence);
                    sentence.Clear();
                }
            }
        }
    }
}

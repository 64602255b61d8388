using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Tools.Train;

/// <summary><c>anit-train.json</c>: what a result was made of, and a digest of every file of it, which tells our files from the user's.</summary>
/// <param name="Record">What can change the result; null while the result is being made.</param>
/// <param name="Files">SHA-256 by name; without digests while the result is being made.</param>
sealed record Manifest(JsonObject? Record, IReadOnlyDictionary<string, string?> Files)
{
    /// <summary>Its name in the folder.</summary>
    public const string Name = "anit-train.json";

    /// <summary>A file that is locked by the process that makes the result.</summary>
    public const string Lock = Name + ".lock";

    const string Beside = Name + ".part", Digests = "files", Unfinished = "unfinished";

    static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The manifest of a folder; null where there is none that is whole.</summary>
    public static Manifest? Read(string folder)
    {
        try
        {
            var record = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Name))) as JsonObject;
            if (record?[Unfinished] is JsonArray names) return new(null, names.ToDictionary(n => $"{n}", _ => (string?)null));
            if (record?[Digests] is not JsonObject digests) return null;
            record.Remove(Digests);
            return new(record, digests.ToDictionary(d => d.Key, d => d.Value?.ToString()));
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            return null;
        }
    }

    /// <summary>Says what in a folder is not ours and unchanged; null where everything is, as in an empty folder.</summary>
    public static string? Foreign(string folder)
    {
        var manifest = Read(folder);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (name is Lock or Beside || (name == Name && manifest is not null)) continue;
            var plain = File.Exists(path) && new FileInfo(path).LinkTarget is null;
            if (!plain || manifest is null || !manifest.Mentions(name)) return name;
            if (manifest.Record is not null && manifest.Files[name] != Digest(path)) return $"{name}, which was changed since it was written";
        }
        return null;
    }

    /// <summary>Marks a folder as one in which files of these names are being made.</summary>
    public static void Begin(string folder, IEnumerable<string> names) =>
        Write(folder, new JsonObject { [Unfinished] = new JsonArray([.. names.Select(n => (JsonNode)n)]) });

    /// <summary>Completes a folder: its record, and the digests of those of the names that are there.</summary>
    public static void Finish(string folder, string record, IEnumerable<string> names)
    {
        var whole = JsonNode.Parse(record)!.AsObject();
        whole[Digests] = new JsonObject(names.Order(StringComparer.Ordinal).Where(n => File.Exists(Path.Combine(folder, n)))
            .Select(n => KeyValuePair.Create(n, (JsonNode?)Digest(Path.Combine(folder, n)))));
        Write(folder, whole);
    }

    /// <summary>Deletes a folder's files that are ours, the manifest last, and the folder if nothing else is in it.</summary>
    public static void Delete(string folder)
    {
        var manifest = Read(folder);
        foreach (var path in Directory.GetFiles(folder).Where(p => manifest?.Mentions(Path.GetFileName(p)) ?? false)) File.Delete(path);
        foreach (var name in new[] { Beside, Lock }) File.Delete(Path.Combine(folder, name));
        if (manifest is not null) File.Delete(Path.Combine(folder, Name));
        if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    // A file being made may still have a name of its own: model.safetensors.<digits>.part.
    bool Mentions(string name) => Files.ContainsKey(name) ||
        (Record is null && name.EndsWith(".part", StringComparison.Ordinal)
            && Files.Keys.Any(n => name.StartsWith(n + ".", StringComparison.Ordinal)));

    static void Write(string folder, JsonObject json)
    {
        File.WriteAllText(Path.Combine(folder, Beside), json.ToJsonString(Readable) + "\n");
        File.Move(Path.Combine(folder, Beside), Path.Combine(folder, Name), overwrite: true);
    }

    static string Digest(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

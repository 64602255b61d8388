using System.Text.Json;

namespace Anit.Models.Safetensors;

/// <summary>The weights of a model folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> lists.</summary>
public sealed class SafetensorsFolder : IDisposable
{
    const string Single = "model.safetensors";
    const string Index = "model.safetensors.index.json";

    readonly List<SafetensorsFile> files = [];
    readonly Dictionary<string, SafetensorsFile> places = new(StringComparer.Ordinal);

    /// <summary>The folder, as it was given.</summary>
    public string Folder { get; }

    /// <summary>All tensor names, sorted.</summary>
    public IEnumerable<string> Names => places.Keys.Order(StringComparer.Ordinal);

    /// <summary>Opens every weight file of a folder.</summary>
    /// <exception cref="FileNotFoundException">The folder, its weights or one of its shards is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the index and the shards contradict each other.</exception>
    public SafetensorsFolder(string folder)
    {
        Folder = folder;
        if (!Directory.Exists(folder)) throw new FileNotFoundException($"{folder}: no such folder", folder);
        try
        {
            if (File.Exists(Path.Combine(folder, Index))) OpenShards(Path.Combine(folder, Index));
            else if (File.Exists(Path.Combine(folder, Single))) Open(Single);
            else throw new FileNotFoundException($"{folder}: neither {Single} nor {Index} is there{FolderHint.Of(folder)}", folder);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor and the file that holds it.</summary>
    public bool TryFind(string name, out SafetensorsFile file, out StoredTensor tensor)
    {
        var found = places.TryGetValue(name, out file!);
        tensor = found ? file.Tensors[name] : null!;
        return found;
    }

    /// <summary>The file a missing tensor was expected in, for messages.</summary>
    public string Expected => files.Count == 1 ? files[0].Path : Path.Combine(Folder, Index);

    /// <inheritdoc/>
    public void Dispose() => files.ForEach(f => f.Dispose());

    void OpenShards(string index)
    {
        var map = ReadIndex(index);
        foreach (var shard in map.Values.Distinct().Order(StringComparer.Ordinal))
        {
            if (shard.Contains('/') || shard.Contains('\\')) throw new InvalidDataException($"{index}: {shard} is no plain file name");
            if (!File.Exists(Path.Combine(Folder, shard)))
                throw new FileNotFoundException($"{Path.Combine(Folder, shard)}: no such file, though {Index} lists it; download it", shard);
            Open(shard);
        }
        foreach (var (name, shard) in map)
            if (!places.TryGetValue(name, out var file) || Path.GetFileName(file.Path) != shard)
                throw new InvalidDataException($"{Path.Combine(Folder, shard)}: tensor {name} is missing, though {Index} puts it there");
    }

    void Open(string name)
    {
        var file = new SafetensorsFile(Path.Combine(Folder, name));
        files.Add(file);
        foreach (var tensor in file.Tensors.Keys)
            if (!places.TryAdd(tensor, file))
                throw new InvalidDataException($"{file.Path}: tensor {tensor} is also in {places[tensor].Path}");
    }

    static Dictionary<string, string> ReadIndex(string index)
    {
        try
        {
            using var json = JsonDocument.Parse(FolderHint.Read(index));
            return json.RootElement.GetProperty("weight_map").EnumerateObject()
                .ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"{index}: expected a JSON object with a weight_map from tensor to file name");
        }
    }
}

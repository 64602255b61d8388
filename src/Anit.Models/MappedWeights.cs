using Anit.Torch;
using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Tensors that lie in the mapped pages of a model's files: nothing is copied until something else is computed from them.</summary>
sealed class MappedWeights(SafetensorsFolder files) : IDisposable
{
    readonly Dictionary<string, MappedFile> maps = new(StringComparer.Ordinal);

    /// <summary>A tensor as it is stored.</summary>
    /// <exception cref="InvalidDataException">It is missing, of another shape, or of a type models do not have.</exception>
    public Tensor Read(string name, IReadOnlyList<long> shape)
    {
        if (!files.TryFind(name, out var file, out var found))
            throw new InvalidDataException($"{files.Expected}: tensor {name} is missing, expected shape "
                + $"[{string.Join(", ", shape)}]{Quantized(name)}");
        if (!found.Shape.SequenceEqual(shape))
            throw new InvalidDataException($"{file.Path}: tensor {name} has shape [{string.Join(", ", found.Shape)}], "
                + $"config.json asks for [{string.Join(", ", shape)}]");
        var type = TypeOf(file, found);
        if (found.Start % StoredTensor.BytesOf(found.Type) != 0) return Copy(file, found); // old writers did not align
        if (!maps.TryGetValue(file.Path, out var map)) maps.Add(file.Path, map = new(file.Path));
        return map.Tensor(found.Start, [.. shape], type);
    }

    /// <summary>Whether a folder stores a tensor of that name at all.</summary>
    public bool Has(string name) => files.TryFind(name, out _, out _);

    string Quantized(string name)
    {
        var place = name[..(name.LastIndexOf('.') + 1)];
        return files.Names.FirstOrDefault(other => other.StartsWith(place, StringComparison.Ordinal)) is { } other
            ? $"; {other} is there: quantized weights are not supported, use the unquantized model" : "";
    }

    /// <summary>A tensor of its own, copied out of a file.</summary>
    public static Tensor Copy(SafetensorsFile file, StoredTensor stored)
    {
        var tensor = empty([.. stored.Shape], TypeOf(file, stored));
        file.CopyTo(stored, tensor);
        return tensor;
    }

    /// <summary>The element type a stored tensor has.</summary>
    /// <exception cref="InvalidDataException">It is of a type models do not have.</exception>
    public static ScalarType TypeOf(SafetensorsFile file, StoredTensor stored) => stored.Type switch
    {
        "F32" => ScalarType.Float32,
        "BF16" => ScalarType.BFloat16,
        "F16" => ScalarType.Float16,
        "F64" => ScalarType.Float64,
        _ => throw new InvalidDataException($"{file.Path}: tensor {stored.Name} is {stored.Type}, expected F32, BF16 or F16"),
    };

    public void Dispose()
    {
        foreach (var map in maps.Values) map.Dispose();
    }
}

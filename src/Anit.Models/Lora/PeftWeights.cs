using static TorchSharp.torch;

namespace Anit.Models.Lora;

/// <summary>The numbers of an adapter's folder. Their shapes are compared with what the model asks for before memory is taken, so that
/// neither a damaged rank nor another model's adapter can ask for more than is stored.</summary>
sealed class PeftWeights : IDisposable
{
    readonly SafetensorsFile file;

    /// <summary>Opens the file.</summary>
    /// <exception cref="FileNotFoundException">There is none in the folder.</exception>
    public PeftWeights(string folder)
    {
        var path = Path.Combine(folder, PeftAdapter.WeightsFile);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{folder}: no {PeftAdapter.WeightsFile}"
                + (File.Exists(Path.Combine(folder, "adapter_model.bin")) ? "; adapter_model.bin is not read, save it as safetensors" : ""), folder);
        file = new(path);
        if (file.Tensors.Keys.FirstOrDefault(IsEmbedding) is { } extra)
            throw new InvalidDataException($"{path}: saved embeddings ({extra}) are not supported; merge the adapter with peft (merge_and_unload) "
                + "and use the whole model");
    }

    /// <summary>Refuses a tensor that is not stored in the shape asked for.</summary>
    public StoredTensor Find(string name, long[] shape)
    {
        if (!file.Tensors.TryGetValue(PeftAdapter.Prefix + name, out var stored))
            throw new InvalidDataException($"{file.Path}: tensor {PeftAdapter.Prefix + name} is missing, expected shape "
                + $"[{string.Join(", ", shape)}]; was the adapter trained on another base model?");
        return stored.Shape.SequenceEqual(shape) ? stored
            : throw new InvalidDataException($"{file.Path}: tensor {PeftAdapter.Prefix + name} has shape [{string.Join(", ", stored.Shape)}], "
                + $"{PeftAdapter.ConfigFile} and the base model ask for [{string.Join(", ", shape)}]");
    }

    /// <summary>Puts the numbers into a model that was made with the adapter's options.</summary>
    public void ReadInto(CausalLm model)
    {
        var known = model.Adapters.Select(a => PeftAdapter.Prefix + a.Name).ToHashSet(StringComparer.Ordinal);
        if (file.Tensors.Keys.FirstOrDefault(name => !known.Contains(name)) is { } extra)
            throw new InvalidDataException($"{file.Path}: tensor {extra} has no place in this model; was the adapter trained on another base model?");
        foreach (var (name, value) in model.Adapters)
        {
            using var scope = NewDisposeScope();
            var read = MappedWeights.Copy(file, Find(name, value.shape));
            Finite.Check(read, $"{file.Path}: tensor {PeftAdapter.Prefix + name}");
            value.copy_(read);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    static bool IsEmbedding(string tensor) => tensor.Contains("embed_tokens", StringComparison.Ordinal)
        || tensor.Contains("lm_head", StringComparison.Ordinal);
}

using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Writes whole models as Hugging Face folders.</summary>
public static class ModelFolder
{
    static readonly string[] Tokenizers =
        ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json", "chat_template.jinja"];

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c>, updates merged in, and copies the tokenizer's files.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="model">The model.</param>
    /// <param name="source">The folder the tokenizer's files are copied from; null for none.</param>
    /// <param name="dtype">Element type of the weights: float32, bfloat16 or float16.</param>
    public static void Save(string folder, CausalLm model, string? source = null, ScalarType dtype = ScalarType.Float32)
    {
        var word = dtype switch
        {
            ScalarType.Float32 => "float32",
            ScalarType.BFloat16 => "bfloat16",
            ScalarType.Float16 => "float16",
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "weights are saved as float32, bfloat16 or float16"),
        };
        Directory.CreateDirectory(folder);
        Safetensors.Write(Path.Combine(folder, "model.safetensors"), model.Exported(), dtype);
        File.WriteAllText(Path.Combine(folder, "config.json"), model.Config.ToJson(word));
        foreach (var name in source is null ? [] : Tokenizers)
            if (File.Exists(Path.Combine(source!, name)) && Path.GetFullPath(source!) != Path.GetFullPath(folder))
                File.Copy(Path.Combine(source!, name), Path.Combine(folder, name), overwrite: true);
    }
}

namespace Anit.Models.Families;

/// <summary>Says what a folder holds instead of the model that was looked for, and what to do: the ending of an error's line.</summary>
static class FolderHint
{
    /// <summary>What a Git LFS pointer is called.</summary>
    public const string LfsPointer = "is a Git LFS pointer, not the file itself; run git lfs pull in its folder, or download the file";

    static readonly (string Pattern, string What)[] Others =
    [
        ("*.gguf", "is llama.cpp's format, which is not read; use the model's Hugging Face folder, or convert it with transformers: "
            + "from_pretrained(folder, gguf_file=...).save_pretrained(...)"),
        ("*.bin", "is PyTorch's pickle format, which is not read; save the model as safetensors with transformers: "
            + "from_pretrained(folder).save_pretrained(...)"),
        ("*.pth", "is Meta's original format, which is not read; use the model's Hugging Face folder, or convert it with transformers' "
            + "convert_llama_weights_to_hf.py"),
        ("*.pt", "is PyTorch's pickle format, which is not read; save the model as safetensors with transformers: "
            + "from_pretrained(folder).save_pretrained(...)"),
        ("consolidated*.safetensors", "is Mistral's original layout, which is not read; use the model's Hugging Face folder"),
        ("*.h5", "is TensorFlow's format, which is not read; save the model as safetensors"),
        ("*.msgpack", "is Flax's format, which is not read; save the model as safetensors"),
        ("*.onnx", "is ONNX's format, which is not read; use the model's Hugging Face folder"),
        ("adapter_config.json", "makes it a PEFT adapter; pass the base model's folder here and this one as the adapter"),
    ];

    /// <summary>"; FILE is ..." for what a folder holds, or nothing.</summary>
    public static string Of(string folder)
    {
        if (File.Exists(folder))
            return Path.GetExtension(folder) == ".gguf" ? $"; {Path.GetFileName(folder)} {Others[0].What}" : "; it is a file, expected a folder";
        if (!Directory.Exists(folder)) return "";
        foreach (var (pattern, what) in Others)
            if (Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).FirstOrDefault() is { } found)
                return $"; {Path.GetFileName(found)} {what}";
        return "";
    }

    /// <summary>Whether a file begins as a Git LFS pointer does.</summary>
    public static bool IsLfsPointer(ReadOnlySpan<byte> start) => start.StartsWith("version https://git-lfs"u8);

    /// <summary>The text of a JSON file of a model.</summary>
    /// <exception cref="InvalidDataException">It is a Git LFS pointer.</exception>
    public static byte[] Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return IsLfsPointer(bytes) ? throw new InvalidDataException($"{path}: {LfsPointer}") : bytes;
    }
}

using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;
using static TorchSharp.torch;

namespace Anit.Models.Safetensors;

/// <summary>One safetensors file, mapped into memory: nothing is read before it is touched.</summary>
/// <remarks>Layout: 8 bytes little-endian header length, a JSON object from name to dtype, shape and data_offsets, then the
/// tensors' bytes without holes. Everything the header claims is checked against the file before a tensor is handed out.
/// https://github.com/huggingface/safetensors (format section of its README).</remarks>
public sealed class SafetensorsFile : IDisposable
{
    const int MaxHeader = 100_000_000; // the reference implementation's own limit
    const int Block = 1 << 24;         // elements copied at a time

    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    readonly unsafe byte* bytes;
    readonly Dictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);

    /// <summary>The file's path, as it was given.</summary>
    public string Path { get; }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <summary>The <c>__metadata__</c> strings.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a whole safetensors file; the message says where it goes wrong.</exception>
    public SafetensorsFile(string path)
    {
        Path = path;
        var length = LengthOf(path);
        if (length < 8) throw Bad(length > 0 ? $"{length} bytes are too few for a safetensors file; was the download cut short?"
            : "is empty, a device or a pipe; expected a safetensors file");

        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        try
        {
            view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            unsafe
            {
                view.SafeMemoryMappedViewHandle.AcquirePointer(ref bytes);
                if (FolderHint.IsLfsPointer(new(bytes, (int)Math.Min(length, 64)))) throw Bad(FolderHint.LfsPointer);
                var header = BinaryPrimitives.ReadUInt64LittleEndian(new(bytes, 8));
                if (header is < 2 or > MaxHeader || header > (ulong)length - 8)
                    throw Bad($"the header claims {header} bytes in a file of {length}; this is no safetensors file, or one cut short");
                ReadHeader(new ReadOnlySpan<byte>(bytes + 8, (int)header).ToArray(), 8 + (long)header, length);
            }
        }
        catch (InvalidOperationException) // what System.Text.Json says to broken UTF-8 inside a string
        {
            Dispose();
            throw Bad("the header is no valid JSON: a string in it is not UTF-8");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Some bytes of a tensor of this file, valid until the file is disposed; a tensor can be longer than a span.</summary>
    public unsafe ReadOnlySpan<byte> Bytes(StoredTensor tensor, long from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, tensor.Length - count);
        return new(bytes + tensor.Start + from, count);
    }

    /// <summary>Copies a tensor of this file, however long, into one of the same type and shape on the CPU.</summary>
    public void CopyTo(StoredTensor tensor, Tensor target)
    {
        using var flat = target.view(-1);
        var width = StoredTensor.BytesOf(tensor.Type);
        for (var done = 0L; done < tensor.Elements; done += Block)
        {
            using var part = flat.narrow(0, done, Math.Min(Block, tensor.Elements - done));
            var into = part.bytes;
            Bytes(tensor, done * width, into.Length).CopyTo(into);
        }
    }

    /// <inheritdoc/>
    public unsafe void Dispose()
    {
        if (view is not null && bytes is not null && !view.SafeMemoryMappedViewHandle.IsClosed)
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        file?.Dispose();
    }

    void ReadHeader(byte[] json, long dataStart, long fileLength)
    {
        using var parsed = Parse(json);
        if (parsed.RootElement.ValueKind != JsonValueKind.Object) throw Bad("the header is no JSON object");
        foreach (var entry in parsed.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__") ReadMetadata(entry.Value);
            else tensors.Add(entry.Name, ReadTensor(entry.Name, entry.Value, dataStart, fileLength));
        }
        CheckLayout(dataStart, fileLength);
    }

    JsonDocument Parse(byte[] json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw Bad($"the header is no valid JSON: {e.Message}");
        }
    }

    void ReadMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad("__metadata__ is no JSON object");
        foreach (var pair in value.EnumerateObject())
            metadata[pair.Name] = pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : pair.Value.GetRawText();
    }

    StoredTensor ReadTensor(string name, JsonElement value, long dataStart, long fileLength)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var sizes) || Longs(sizes) is not { } shape
            || !value.TryGetProperty("data_offsets", out var place) || Longs(place) is not [var from, var to])
            throw Bad($"tensor {name}: the header entry needs dtype, shape and two data_offsets");

        var width = StoredTensor.BytesOf(type.GetString()!);
        if (width == 0) throw Bad($"tensor {name}: unknown dtype {type.GetString()}");
        if (to < from) throw Bad($"tensor {name}: data_offsets {from}..{to} run backwards");
        if (dataStart + to > fileLength || dataStart + to < to)
            throw Bad($"tensor {name}: needs bytes up to {dataStart + to}, the file has {fileLength}; it was cut short, download it again");

        var elements = (Int128)1;
        foreach (var size in shape) elements = Int128.Min(elements * size, long.MaxValue);
        if (elements * width != to - from)
            throw Bad($"tensor {name}: shape [{string.Join(", ", shape)}] of {type.GetString()} takes {elements * width} bytes, "
                + $"data_offsets give {to - from}");
        return new(name, type.GetString()!, shape, dataStart + from, to - from);
    }

    /// <summary>Tensors follow each other without overlap or holes; anything else is a file somebody tampered with.</summary>
    void CheckLayout(long dataStart, long fileLength)
    {
        var next = dataStart;
        foreach (var tensor in tensors.Values.OrderBy(t => t.Start).ThenBy(t => t.Length))
        {
            if (tensor.Start != next)
                throw Bad($"tensor {tensor.Name}: starts at byte {tensor.Start}, expected {next}; the tensors overlap or leave a hole");
            next += tensor.Length;
        }
        if (next != fileLength) throw Bad($"{fileLength - next} bytes follow the last tensor; the file does not match its header");
    }

    static long[]? Longs(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array) return null;
        var numbers = new List<long>();
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0) return null;
            numbers.Add(number);
        }
        return [.. numbers];
    }

    /// <summary>The length of what a path leads to: Hugging Face's cache holds links, and a link's own length is that of its text.</summary>
    static long LengthOf(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"{path}: no such file", path);
        var target = (FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new(path);
        return target.Exists ? target.Length
            : throw new FileNotFoundException($"{path}: links to {target.FullName}, which is not there; download it again", path);
    }

    InvalidDataException Bad(string what) => new($"{Path}: {what}");
}

using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Anit.Models.Safetensors;

/// <summary>Writes safetensors files: whole or not at all, and the same bytes for the same tensors.</summary>
public static class SafetensorsWriter
{
    const long Block = 1 << 26; // bytes converted and written at a time

    /// <summary>Writes tensors in the order the reference writer uses: wide element types first, then by name.</summary>
    /// <param name="path">Written beside its place and renamed when whole.</param>
    /// <param name="tensors">Names and shapes, and how to get at each tensor when its turn comes; what is got is disposed.</param>
    /// <param name="dtype">Element type to convert to; each tensor's own when absent.</param>
    public static void Write(string path, IEnumerable<(string Name, Func<Tensor> Value)> tensors, ScalarType? dtype = null)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var entries = tensors.Select(t => Describe(t.Name, t.Value, dtype))
            .OrderByDescending(e => e.Width).ThenBy(e => e.Name, StringComparer.Ordinal).ToArray();
        var temporary = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                stream.Write(Header(entries));
                foreach (var entry in entries) WriteTensor(stream, entry);
                Disk.Flush(stream);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    static Entry Describe(string name, Func<Tensor> value, ScalarType? dtype)
    {
        using var tensor = value();
        var type = dtype ?? tensor.dtype;
        var (word, width) = type switch
        {
            ScalarType.Float64 => ("F64", 8),
            ScalarType.Float32 => ("F32", 4),
            ScalarType.BFloat16 => ("BF16", 2),
            ScalarType.Float16 => ("F16", 2),
            ScalarType.Int64 => ("I64", 8),
            _ => throw new ArgumentException($"tensor {name}: {type} has no writer", nameof(dtype)),
        };
        return new(name, value, type, word, width, tensor.shape);
    }

    static byte[] Header(Entry[] entries)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString("format", "pt");
            writer.WriteEndObject();
            var next = 0L;
            foreach (var entry in entries)
            {
                writer.WriteStartObject(entry.Name);
                writer.WriteString("dtype", entry.Word);
                writer.WriteStartArray("shape");
                foreach (var size in entry.Shape) writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(next);
                writer.WriteNumberValue(next += entry.Bytes);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        var padded = (json.Length + 7) / 8 * 8; // tensors begin at a multiple of 8, so that they can be mapped
        var header = new byte[8 + padded];
        BinaryPrimitives.WriteInt64LittleEndian(header, padded);
        header.AsSpan(8).Fill((byte)' ');
        json.ToArray().CopyTo(header, 8);
        return header;
    }

    static void WriteTensor(Stream stream, Entry entry)
    {
        using var scope = NewDisposeScope();
        var flat = entry.Value().detach().reshape(-1);
        var count = flat.numel();
        for (var done = 0L; done < count; done += Block / entry.Width)
        {
            using var part = NewDisposeScope();
            var block = flat.narrow(0, done, Math.Min(Block / entry.Width, count - done)).to(entry.Type).cpu().contiguous();
            stream.Write(block.bytes);
        }
    }

    sealed record Entry(string Name, Func<Tensor> Value, ScalarType Type, string Word, int Width, long[] Shape)
    {
        public long Bytes => Shape.Aggregate((long)Width, (n, size) => n * size);
    }
}

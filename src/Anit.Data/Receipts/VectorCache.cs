using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Anit.Data.Codecs;

namespace Anit.Data.Receipts;

/// <summary>Vectors of texts on disk, by the signature of the model that made them and the text.</summary>
/// <remarks>Every process appends to a file of its own and reads those of all, so that processes need no lock and a killed one loses no more than the
/// call it was in. Records are of one length and have a checksum each: what a kill or a bad disk spoiled is passed over. A record is SHA-256 of the
/// text's UTF-8, the numbers, and CRC-32 of both, little-endian; a header before the first names signature and length.
/// Safe for several threads.</remarks>
public sealed class VectorCache : IDisposable
{
    const int KeyBytes = 32, SumBytes = 4, Chunk = 1 << 20;
    static readonly byte[] magic = "ANITVEC1"u8.ToArray();

    readonly Lock gate = new();
    readonly string? folder;
    readonly byte[] signature;
    readonly Dictionary<UInt128, (VectorFile File, long At)> places = [];
    readonly Dictionary<string, VectorFile> files = new(StringComparer.Ordinal);
    VectorFile? own;

    /// <summary>Opens the vectors of one model.</summary>
    /// <param name="folder">The cache; made when missing. Null for a file without a name, which goes when the process ends.</param>
    /// <param name="signature">Names the vectors: what makes other vectors has another one.</param>
    public VectorCache(string? folder, string signature)
    {
        this.signature = Encoding.UTF8.GetBytes(signature);
        if (folder is null) return;
        this.folder = Path.Combine(folder, "vectors", Convert.ToHexStringLower(SHA256.HashData(this.signature))[..16]);
        Directory.CreateDirectory(this.folder);
        Refresh();
    }

    /// <summary>How many texts have a vector.</summary>
    public int Count
    {
        get { lock (gate) return places.Count; }
    }

    /// <summary>Numbers of a vector; 0 while there is none.</summary>
    public int Dimensions { get; private set; }

    /// <summary>Looks for what other processes have added meanwhile.</summary>
    public void Refresh()
    {
        if (folder is null) return;
        lock (gate)
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*.vectors").Order(StringComparer.Ordinal))
            {
                if (path == own?.Path) continue;
                if (!files.TryGetValue(path, out var file)) files.Add(path, file = new(path));
                ReadOn(file);
            }
        }
    }

    /// <summary>The vector of a text, null where there is none.</summary>
    public float[]? Find(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        lock (gate)
        {
            if (!places.TryGetValue(Place(hash), out var place)) return null;
            var record = new byte[RecordBytes(Dimensions)];
            return place.File.Read(record, place.At) == record.Length && IsWhole(record) && record.AsSpan(0, KeyBytes).SequenceEqual(hash)
                ? MemoryMarshal.Cast<byte, float>(record.AsSpan(KeyBytes, Dimensions * sizeof(float))).ToArray() : null;
        }
    }

    /// <summary>Keeps the vectors of some texts; they are in the file when this returns.</summary>
    /// <exception cref="InvalidDataException">A vector is longer or shorter than the others.</exception>
    public void Add(IReadOnlyList<(string Text, ReadOnlyMemory<float> Vector)> vectors)
    {
        if (vectors.Count == 0) return;
        lock (gate)
        {
            var dimensions = Dimensions == 0 ? vectors[0].Vector.Length : Dimensions;
            if (vectors.FirstOrDefault(v => v.Vector.Length != dimensions) is { Text: not null } odd)
                throw new InvalidDataException($"a vector of {odd.Vector.Length} numbers beside vectors of {dimensions}; expected one length "
                    + "throughout");
            Dimensions = dimensions;
            own ??= Begin();
            var size = RecordBytes(dimensions);
            var bytes = new byte[size * vectors.Count];
            for (var i = 0; i < vectors.Count; i++)
            {
                var record = bytes.AsSpan(i * size, size);
                SHA256.HashData(Encoding.UTF8.GetBytes(vectors[i].Text), record);
                MemoryMarshal.AsBytes(vectors[i].Vector.Span).CopyTo(record[KeyBytes..]);
                BinaryPrimitives.WriteUInt32LittleEndian(record[^SumBytes..], Crc32.Of(record[..^SumBytes]));
            }
            var at = own.End;
            own.Append(bytes);
            for (var i = 0; i < vectors.Count; i++) places[Place(bytes.AsSpan(i * size))] = (own, at + i * size);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        own?.Dispose();
        foreach (var file in files.Values) file.Dispose();
    }

    VectorFile Begin()
    {
        var path = folder is null ? Path.GetTempFileName() : Path.Combine(folder, $"{Guid.NewGuid():n}.vectors");
        var file = new VectorFile(path, writable: true);
        if (folder is null) File.Delete(path); // the open handle keeps it
        var header = new byte[HeaderBytes];
        magic.CopyTo(header, 0);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(magic.Length), Dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(magic.Length + 4), signature.Length);
        signature.CopyTo(header, magic.Length + 8);
        file.Append(header);
        return file;
    }

    int HeaderBytes => magic.Length + 8 + signature.Length;

    static int RecordBytes(int dimensions) => KeyBytes + dimensions * sizeof(float) + SumBytes;

    /// <summary>Reads the whole records behind what was read of a file before.</summary>
    void ReadOn(VectorFile file)
    {
        if (file.End == 0 && !Opens(file)) return;
        var size = RecordBytes(Dimensions);
        var chunk = new byte[Math.Max(1, Chunk / size) * size];
        while (file.Read(chunk, file.End) / size is > 0 and var whole)
        {
            for (var i = 0; i < whole; i++)
            {
                var record = chunk.AsSpan(i * size, size);
                if (IsWhole(record)) places.TryAdd(Place(record), (file, file.End + i * size));
            }
            file.End += whole * size;
        }
    }

    /// <summary>Reads a header; false for one that is not whole yet, or another model's.</summary>
    bool Opens(VectorFile file)
    {
        var header = new byte[HeaderBytes];
        if (file.Read(header, 0) < header.Length || !header.AsSpan().StartsWith(magic)) return false;
        var dimensions = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(magic.Length));
        if (dimensions is < 1 or > 1 << 20 || BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(magic.Length + 4)) != signature.Length
            || !header.AsSpan(magic.Length + 8).SequenceEqual(signature) || (Dimensions != 0 && dimensions != Dimensions))
            return false;
        Dimensions = dimensions;
        file.End = header.Length;
        return true;
    }

    static bool IsWhole(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt32LittleEndian(record[^SumBytes..]) == Crc32.Of(record[..^SumBytes]);

    static UInt128 Place(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128LittleEndian(hash);
}

/// <summary>One process's file of vectors.</summary>
sealed class VectorFile(string path, bool writable = false) : IDisposable
{
    readonly Microsoft.Win32.SafeHandles.SafeFileHandle handle =
        File.OpenHandle(path, writable ? FileMode.OpenOrCreate : FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete);

    public string Path { get; } = path;

    /// <summary>Where the records end that are known.</summary>
    public long End { get; set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(handle, bytes, End);
        End += bytes.Length;
    }

    /// <summary>Reads as much as there is; returns how much.</summary>
    public int Read(Span<byte> into, long at)
    {
        var done = 0;
        while (done < into.Length && RandomAccess.Read(handle, into[done..], at + done) is > 0 and var read) done += read;
        return done;
    }

    public void Dispose() => handle.Dispose();
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Anit.Data.Receipts;

/// <summary>Tells at little cost whether a file with receipts is still the one that was written.</summary>
/// <remarks>Writers of Parquet and Arrow files put it into the footer beside the receipts, under <see cref="Key"/>: SHA-256 over the number of
/// bytes before the footer (8 bytes, lowest first) and sixteen pieces of 64 KiB spread evenly over them; over all of them where
/// they are no more than that. Readers keep it to themselves, so it never passes on to another table. A file without one, or whose bytes
/// do not fit, is not wrong: its rows are digested instead.</remarks>
static class FileSeal
{
    public const string Key = "anit.seal";

    const int Pieces = 16, PieceBytes = 1 << 16;

    /// <summary>Reads bytes of a file at an offset.</summary>
    public delegate void ReadAt(long offset, Span<byte> to);

    /// <summary>The seal of a file of which this many bytes are written; null for a stream that is none, or a table without receipts.</summary>
    public static string? Of(Stream stream, long length, IReadOnlyDictionary<string, string> metadata)
    {
        if (stream is not FileStream { CanRead: true, CanSeek: true } file || !metadata.ContainsKey(Chain.Key)) return null;
        file.Flush();
        return file.Length != length ? null : Of(length, (offset, to) =>
        {
            while (!to.IsEmpty)
            {
                var count = RandomAccess.Read(file.SafeFileHandle, to, offset);
                if (count == 0) throw new IOException($"{file.Name} became shorter while it was written");
                to = to[count..];
                offset += count;
            }
        });
    }

    /// <summary>The seal of the first bytes of a file.</summary>
    public static string Of(long length, ReadAt read)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, length);
        digest.AppendData(number);
        var piece = new byte[PieceBytes];
        var step = length <= Pieces * PieceBytes ? PieceBytes : (length - PieceBytes) / (Pieces - 1);
        for (var (i, offset) = (0, 0L); i < Pieces && offset < length; i++, offset += step)
        {
            var bytes = piece.AsSpan(0, (int)Math.Min(PieceBytes, length - offset));
            read(offset, bytes);
            digest.AppendData(bytes);
        }
        return RowDigest.Prefix + Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}

/// <summary>A reader of a file that may carry a <see cref="FileSeal"/>.</summary>
interface ISealedReader
{
    /// <summary>Whether the file has a seal, and its bytes fit it.</summary>
    bool SealFits { get; }
}

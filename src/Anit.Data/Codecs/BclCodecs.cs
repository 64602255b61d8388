using System.Buffers;
using System.IO.Compression;

namespace Anit.Data.Codecs;

/// <summary>gzip and Brotli from the base library, never writing past the declared size.</summary>
static unsafe class BclCodecs
{
    /// <summary>One or more gzip members end to end.</summary>
    public static void Gunzip(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.IsEmpty)
        {
            if (target.IsEmpty) return;
            throw BlockCodecs.Bad("gzip", "no bytes at all");
        }
        fixed (byte* from = source)
        {
            using var bytes = new UnmanagedMemoryStream(from, source.Length);
            using var gzip = new GZipStream(bytes, CompressionMode.Decompress);
            try
            {
                var written = gzip.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
                if (written < target.Length) throw BlockCodecs.WrongSize("gzip", written, target.Length);
                if (gzip.ReadByte() >= 0) throw BlockCodecs.WrongSize("gzip", -1, target.Length);
            }
            catch (InvalidDataException e)
            {
                throw BlockCodecs.Bad("gzip", e.Message);
            }
        }
    }

    public static void Unbrotli(ReadOnlySpan<byte> source, Span<byte> target)
    {
        using var decoder = new BrotliDecoder();
        Span<byte> spare = stackalloc byte[1]; // the decoder wants room even to find the end
        var status = decoder.Decompress(source, target.IsEmpty ? spare : target, out var read, out var written);
        if (status == OperationStatus.DestinationTooSmall) throw BlockCodecs.WrongSize("brotli", -1, target.Length);
        if (status != OperationStatus.Done)
            throw BlockCodecs.Bad("brotli", status == OperationStatus.NeedMoreData ? "it ends early" : "the stream is broken");
        if (written != target.Length) throw BlockCodecs.WrongSize("brotli", written, target.Length);
        if (read != source.Length) throw BlockCodecs.Bad("brotli", "bytes follow the stream");
    }

    public static void Gzip(ReadOnlySpan<byte> source, int level, ByteBuffer target)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true)) gzip.Write(source);
        target.Append(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    public static void Brotli(ReadOnlySpan<byte> source, int level, ByteBuffer target)
    {
        var room = target.Reserve(BrotliEncoder.GetMaxCompressedLength(source.Length));
        if (!BrotliEncoder.TryCompress(source, room, out var written, level, window: 22)) throw new InvalidOperationException("brotli: no room");
        target.Advance(written);
    }
}

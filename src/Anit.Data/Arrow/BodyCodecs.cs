using Anit.Data.Arrow.Meta;
using Anit.Data.Codecs;

namespace Anit.Data.Arrow;

/// <summary>The two codecs of Arrow bodies: LZ4 frames and Zstandard.</summary>
static class BodyCodecs
{
    public static void Decompress(BodyCodec codec, ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (codec == BodyCodec.Zstd) BlockCodecs.Decompress(Compression.Zstd, source, target);
        else Lz4Frame.Decompress(source, target);
    }

    public static void Compress(BodyCodec codec, ReadOnlySpan<byte> raw, int? level, ByteBuffer target)
    {
        if (codec == BodyCodec.Zstd) BlockCodecs.Compress(Compression.Zstd, level, raw, target);
        else Lz4Frame.Compress(raw, target);
    }
}

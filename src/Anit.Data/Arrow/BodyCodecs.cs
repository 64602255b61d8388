using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow;

/// <summary>The two codecs of Arrow bodies.</summary>
static class BodyCodecs
{
    public static void Decompress(BodyCodec codec, ReadOnlySpan<byte> source, Span<byte> target) =>
        throw new DataFormatException($"a body compressed with {codec}, which this version does not read");

    public static byte[] Compress(BodyCodec codec, ReadOnlySpan<byte> raw, int? level) =>
        throw new NotSupportedException($"bodies compressed with {codec} are not written");
}

namespace Anit.Data.Codecs;

/// <summary>One door to all codecs: whole blocks in, whole blocks out.</summary>
static class BlockCodecs
{
    /// <summary>Decompresses into <paramref name="target"/>, which the data must fill exactly.</summary>
    public static void Decompress(Compression codec, ReadOnlySpan<byte> source, Span<byte> target)
    {
        switch (codec)
        {
            case Compression.None:
                if (source.Length != target.Length)
                    throw new DataFormatException($"{source.Length:N0} uncompressed bytes where {target.Length:N0} were declared");
                source.CopyTo(target);
                break;
            case Compression.Snappy: Snappy.Decompress(source, target); break;
            case Compression.Zstd: Zstd.Decompress(source, target); break;
            case Compression.Lz4: Lz4Block.Decompress(source, target); break;
            case Compression.Gzip: BclCodecs.Gunzip(source, target); break;
            case Compression.Brotli: BclCodecs.Unbrotli(source, target); break;
            default: throw new ArgumentOutOfRangeException(nameof(codec), codec, "name a codec");
        }
    }

    /// <summary>Appends the compressed form to <paramref name="target"/> and returns its length.</summary>
    public static int Compress(Compression codec, int? level, ReadOnlySpan<byte> source, ByteBuffer target)
    {
        var before = target.Length;
        switch (codec)
        {
            case Compression.None: target.Append(source); break;
            case Compression.Snappy: Snappy.Compress(source, target); break;
            case Compression.Zstd: Zstd.Compress(source, level ?? Zstd.UsualLevel, target); break;
            case Compression.Lz4: Lz4Block.Compress(source, target); break;
            case Compression.Gzip: BclCodecs.Gzip(source, level ?? 6, target); break;
            case Compression.Brotli: BclCodecs.Brotli(source, level ?? 4, target); break;
            default: throw new ArgumentOutOfRangeException(nameof(codec), codec, "name a codec");
        }
        return target.Length - before;
    }

    internal static DataFormatException Bad(string codec, string fault) => new($"bad {codec} data: {fault}");

    internal static DataFormatException WrongSize(string codec, long found, int declared) =>
        new($"bad {codec} data: it holds {(found < 0 ? "more" : found.ToString("N0", null))} bytes, {declared:N0} were declared");
}

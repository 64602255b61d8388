namespace Anit.Data;

/// <summary>Tells a table's format by its first bytes.</summary>
static class Sniffer
{
    const int Enough = 8;

    /// <summary>The format, and the stream with its first bytes still to be read.</summary>
    public static async Task<(TableFormat Format, Stream Whole)> SniffAsync(Stream stream, ReadOptions options, CancellationToken stop)
    {
        var first = new byte[Enough];
        var have = await stream.ReadAtLeastAsync(first, Enough, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        var format = FormatOf(first.AsSpan(0, have), options);
        if (!stream.CanSeek) return (format, new PrefixedStream(first.AsMemory(0, have), stream));
        stream.Position -= have;
        if (format is TableFormat.Csv or TableFormat.Jsonl or TableFormat.JsonArray && await EndsAsParquetAsync(stream, stop).ConfigureAwait(false))
            throw new DataFormatException("the input ends as Parquet but does not begin with PAR1; it is damaged").At(offset: 0);
        return (format, stream);
    }

    /// <summary>A byte order mark, or every other byte zero, as Latin letters have it.</summary>
    static bool Utf16(ReadOnlySpan<byte> first)
    {
        if (first is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) return true;
        if (first.Length < 4) return false;
        var (even, odd) = (true, true);
        for (var i = 0; i + 1 < first.Length; i += 2)
        {
            even &= first[i] == 0 && first[i + 1] != 0;
            odd &= first[i + 1] == 0 && first[i] != 0;
        }
        return even || odd;
    }

    static async Task<bool> EndsAsParquetAsync(Stream stream, CancellationToken stop)
    {
        var (start, last) = (stream.Position, new byte[4]);
        if (stream.Length - start < last.Length) return false;
        stream.Position = stream.Length - last.Length;
        await stream.ReadExactlyAsync(last, stop).ConfigureAwait(false);
        stream.Position = start;
        return last.AsSpan().SequenceEqual("PAR1"u8);
    }

    static TableFormat FormatOf(ReadOnlySpan<byte> first, ReadOptions options)
    {
        if (first.IsEmpty)
            return options.Schema is null ? throw new DataFormatException("the input is empty; a table was expected") : TableFormat.Jsonl;
        if (first.StartsWith("PAR1"u8)) return TableFormat.Parquet;
        if (first.StartsWith("PARE"u8)) throw new DataFormatException("a Parquet file with an encrypted footer; encryption is not supported");
        if (first.StartsWith("ARROW1"u8)) return TableFormat.ArrowFile;
        if (first is [0xFF, 0xFF, 0xFF, 0xFF, ..]) return TableFormat.ArrowStream;
        if (first is [0x1F, 0x8B, ..]) throw new DataFormatException("gzip-compressed input; decompress it first (zcat)");
        if (first is [0x28, 0xB5, 0x2F, 0xFD, ..]) throw new DataFormatException("zstd-compressed input; decompress it first (zstdcat)");

        if (Utf16(first)) throw new DataFormatException("UTF-16 text; convert it first (iconv -f UTF-16 -t UTF-8)");

        var text = first.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? first[3..] : first;
        text = text.TrimStart(" \t\r\n"u8);
        if (text is [(byte)'{', ..]) return TableFormat.Jsonl;
        if (text is [(byte)'[', ..]) return TableFormat.JsonArray;
        // Before 2019 Arrow streams began with the length of the schema message: small, so the high bytes are 0.
        if (first is [_, _, _, 0, ..]) return TableFormat.ArrowStream;
        foreach (var b in first)
            if (b < ' ' && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
                throw new DataFormatException("neither Parquet, Arrow, JSON nor CSV; the first bytes are not text").At(offset: 0);
        return TableFormat.Csv;
    }
}

/// <summary>A stream that gives back bytes already read from it.</summary>
sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : Stream
{
    ReadOnlyMemory<byte> left = prefix;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        if (left.IsEmpty) return rest.Read(buffer);
        var count = Math.Min(buffer.Length, left.Length);
        left.Span[..count].CopyTo(buffer);
        left = left[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        left.IsEmpty ? rest.ReadAsync(buffer, cancellationToken) : new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) rest.Dispose();
        base.Dispose(disposing);
    }
}

using System.IO.Compression;
using System.Text;

namespace Anit.Nlu.Importers;

/// <summary>A line, where it stands, and its bytes as UTF-8 text.</summary>
sealed record Line(RecordPlace At, string Text)
{
    public bool IsFirst => At.Line == 1;
}

/// <summary>Reads lines of strict UTF-8, from gzip too; every error names its line.</summary>
static class LineSource
{
    const int LongestLine = 64 << 20; // a file without line breaks is not one of ours

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes of a source, decompressed if they are gzip.</summary>
    public static Stream Open(ImportSource source)
    {
        var stream = source.Open();
        var head = new byte[2];
        var read = stream.ReadAtLeast(head, 2, throwOnEndOfStream: false);
        var whole = new ChainedStream(new MemoryStream(head, 0, read), stream);
        return head is [0x1F, 0x8B] ? new GZipStream(whole, CompressionMode.Decompress) : whole;
    }

    /// <summary>All lines without their ends, which are LF or CRLF and no other.</summary>
    /// <remarks>A byte-order mark at the start of any line is dropped: files joined by cat have several.</remarks>
    public static IEnumerable<Line> Lines(ImportSource source)
    {
        using var stream = Open(source);
        var buffer = new byte[1 << 16];
        var (start, end, number) = (0, 0, 0L);
        while (true)
        {
            var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                yield return new(new(source.Name, ++number), Decoded(buffer.AsSpan(start, newline), source.Name, number));
                start += newline + 1;
                continue;
            }
            if (start > 0) (start, end) = (0, Moved(buffer, start, end));
            if (end == buffer.Length) buffer = Grown(buffer, source.Name, number + 1);
            var read = Read(stream, buffer.AsSpan(end), source.Name, number + 1);
            end += read;
            if (read > 0) continue;
            if (end > 0) yield return new(new(source.Name, ++number), Decoded(buffer.AsSpan(0, end), source.Name, number));
            yield break;
        }
    }

    /// <summary>The lines that are records: not blank, and no header on the first.</summary>
    public static IEnumerable<Line> Records(ImportSource source, Func<string, bool>? isHeader = null) =>
        Lines(source).Where(line => line.Text.AsSpan().ContainsAnyExcept(' ', '\t') && !(line.IsFirst && isHeader?.Invoke(line.Text) == true));

    static string Decoded(ReadOnlySpan<byte> line, string name, long number)
    {
        if (line.StartsWith(Encoding.UTF8.Preamble)) line = line[Encoding.UTF8.Preamble.Length..];
        if (line.EndsWith("\r"u8)) line = line[..^1];
        try
        {
            return StrictUtf8.GetString(line);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{name}: line {number}: found bytes that are no UTF-8, expected UTF-8 text; convert the file with iconv",
                e);
        }
    }

    public static int Read(Stream stream, Span<byte> buffer, string name, long number)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{name}: line {number}: found damaged gzip data, expected a whole gzip file; fetch it again", e);
        }
    }

    static int Moved(byte[] buffer, int start, int end)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        return end - start;
    }

    static byte[] Grown(byte[] buffer, string name, long number)
    {
        if (buffer.Length >= LongestLine)
            throw new InvalidDataException($"{name}: line {number}: found a line of more than {LongestLine >> 20} MiB, expected text in lines");
        Array.Resize(ref buffer, buffer.Length * 2);
        return buffer;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Anit.Nlu.Importers;

/// <summary>A JSON value and where it begins.</summary>
sealed record JsonRecord(RecordPlace At, JsonElement Value)
{
    public JsonFields Fields => new(At, Value);
}

/// <summary>Reads JSON records one by one, whether the file is an array or has one value a line.</summary>
static class JsonRecords
{
    const int LongestRecord = 256 << 20;

    /// <summary>The records of a source; null for a line that is no JSON and is skipped. Within an array there is no way to go on.</summary>
    public static IEnumerable<JsonRecord?> Read(ImportContext context, ImportSource source) =>
        IsArray(source, out var replay) ? Elements(replay) : PerLine(context, replay);

    // Looks at the first character that is no white space. The source may be a pipe, so what was read is kept and given out again.
    static bool IsArray(ImportSource source, out ImportSource replay)
    {
        var stream = LineSource.Open(source);
        var seen = new MemoryStream();
        int first;
        do
        {
            first = stream.ReadByte();
            if (first >= 0 && !IsByteOrderMark(first)) seen.WriteByte((byte)first);
        }
        while (first is ' ' or '\t' or '\r' or '\n' || IsByteOrderMark(first));
        seen.Position = 0;
        replay = source with { Open = () => new ChainedStream(seen, stream) };
        return first == '[';
    }

    static bool IsByteOrderMark(int value) => value is 0xEF or 0xBB or 0xBF;

    static IEnumerable<JsonRecord?> PerLine(ImportContext context, ImportSource source) =>
        LineSource.Lines(source).Where(line => !string.IsNullOrWhiteSpace(line.Text)).Select(line => context.Read(() => Parsed(line)));

    static JsonRecord Parsed(Line line)
    {
        try
        {
            return new(line.At, JsonElement.Parse(line.Text));
        }
        catch (JsonException e)
        {
            throw line.At.Bad($"text that is no JSON ({Shown.Of(line.Text)})", "one JSON object a line, or one array of objects", e);
        }
    }

    static IEnumerable<JsonRecord> Elements(ImportSource source)
    {
        using var stream = LineSource.Open(source);
        var parser = new ArrayParser(source.Name);
        var buffer = new byte[1 << 16];
        var (start, end, isLast) = (0, 0, false);
        while (true)
        {
            while (parser.TryNext(buffer.AsSpan(start, end - start), isLast, out var consumed, out var record))
            {
                start += consumed;
                yield return record;
            }
            if (parser.IsDone) yield break;
            if (isLast) throw Bad(source.Name, parser.Line, "the end of the file inside the array", "its closing ]");

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                if (buffer.Length >= LongestRecord)
                    throw Bad(source.Name, parser.Line, $"a record of more than {LongestRecord >> 20} MiB", "an array of small objects");
                Array.Resize(ref buffer, buffer.Length * 2);
            }
            var read = LineSource.Read(stream, buffer.AsSpan(end), source.Name, parser.Line);
            end += read;
            isLast = read == 0;
        }
    }

    static InvalidDataException Bad(string name, long line, string found, string expected, Exception? cause = null) =>
        new($"{name}: line {line}: found {found}, expected {expected}", cause);

    /// <summary>Takes one element after another from bytes that grow; keeps the line count and the reader's state between calls.</summary>
    sealed class ArrayParser(string name)
    {
        JsonReaderState state = new(new JsonReaderOptions { CommentHandling = JsonCommentHandling.Disallow });
        bool opened;

        public bool IsDone { get; private set; }

        public long Line { get; private set; } = 1;

        public bool TryNext(ReadOnlySpan<byte> bytes, bool isLast, out int consumed, [NotNullWhen(true)] out JsonRecord? record)
        {
            (consumed, record) = (0, null);
            if (IsDone) return false;
            try
            {
                var reader = new Utf8JsonReader(bytes, isLast, state);
                if (!opened && !(reader.Read() && reader.TokenType == JsonTokenType.StartArray)) return false;

                if (!reader.Read()) return false;
                if (IsDone = reader.TokenType == JsonTokenType.EndArray) return false;
                var line = Line + bytes[..(int)reader.TokenStartIndex].Count((byte)'\n');
                if (!JsonDocument.TryParseValue(ref reader, out var value)) return false;

                record = new(new(name, line), value.RootElement.Clone());
                value.Dispose();
                opened = true;
                consumed = (int)reader.BytesConsumed;
                state = reader.CurrentState;
                Line += bytes[..(int)reader.BytesConsumed].Count((byte)'\n');
                return true;
            }
            catch (JsonException e)
            {
                throw Bad(name, (e.LineNumber ?? 0) + 1, "text that is no JSON", "an array of objects", e);
            }
        }
    }
}

using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Anit.Data.Json;

/// <summary>Reads one JSON object a row, from lines or from one array; the columns are those of the first rows, or those it is told.</summary>
sealed class JsonlReader : ITableReader
{
    readonly JsonRows lines;
    readonly ReadOptions options;
    readonly Queue<byte[]> sample;
    readonly Schema whole;
    readonly int[] chosen;

    JsonlReader(JsonRows lines, ReadOptions options, Queue<byte[]> sample, Schema schema)
    {
        (this.lines, this.options, this.sample, whole) = (lines, options, sample, schema);
        Schema = options.Columns is { } names ? schema.Select(names) : schema;
        chosen = [.. Schema.Fields.Select(f => schema.IndexOf(f.Name))];
    }

    public Schema Schema { get; }

    public IReadOnlyDictionary<string, string> LateMetadata => ReadOnlyDictionary<string, string>.Empty;

    public static Task<ITableReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop) =>
        OpenAsync(new Lines(stream, options.Limits), options, stop);

    public static Task<ITableReader> OpenArrayAsync(Stream stream, ReadOptions options, CancellationToken stop) =>
        OpenAsync(new ArrayItems(stream, options.Limits), options, stop);

    static async Task<ITableReader> OpenAsync(JsonRows lines, ReadOptions options, CancellationToken stop)
    {
        var sample = new Queue<byte[]>();
        if (options.Schema is { } schema) return new JsonlReader(lines, options, sample, schema);

        var types = new JsonTypes(options.Limits, options.Types);
        for (long bytes = 0; sample.Count < options.InferRows && bytes < options.Limits.CellBytes;)
        {
            if (await lines.NextAsync(stop).ConfigureAwait(false) is not { } line) break;
            Infer(types, line.Span, sample.Count + 1);
            sample.Enqueue(line.ToArray());
            bytes += line.Length;
        }
        if (types.AddUnseen() is { Count: > 0 } unseen)
            options.Warn?.Invoke($"{options.Name}: no {string.Join(", ", unseen)} in the first {sample.Count:N0} rows; added as named by --type");
        return new JsonlReader(lines, options, sample, types.Schema());
    }

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        var builders = whole.Fields.Select(f => ColumnBuilder.For(f.Type)).ToArray();
        var cells = options.Schema is null
            ? new JsonCells(options.Limits, GivenTypes.Of(options.Types, whole, builders), inferred: true) : new JsonCells(options.Limits);
        long row = 0;
        while (true)
        {
            var count = 0;
            long bytes = 0;
            for (; count < options.BatchRows && bytes < options.Limits.BatchBytes / 4; count++)
            {
                ReadOnlyMemory<byte>? line = sample.TryDequeue(out var kept) ? kept : await NextAsync(stop).ConfigureAwait(false);
                if (line is not { } text) break;
                Parse(cells, builders, text.Span, ++row);
                bytes += text.Length;
            }
            if (count == 0) yield break;
            var columns = builders.Select(b => b.Build()).ToArray();
            yield return new(Schema, [.. chosen.Select(i => columns[i])], count);
        }
    }

    public ValueTask DisposeAsync() => lines.DisposeAsync();

    async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken stop)
    {
        try
        {
            return await lines.NextAsync(stop).ConfigureAwait(false);
        }
        catch (DataFormatException e)
        {
            throw e.At(file: options.Name);
        }
    }

    void Parse(JsonCells cells, ColumnBuilder[] builders, ReadOnlySpan<byte> line, long row)
    {
        try
        {
            var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = options.Limits.Depth });
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                throw new DataFormatException($"found a JSON {JsonTypes.Word(json.TokenType)}, expected an object");
            cells.Object(ref json, whole.Fields, builders, "", options.Schema is null ? Unknown : null);
            if (json.Read()) throw new DataFormatException("found more after the object of a row");
        }
        catch (JsonException e)
        {
            throw Bad(e, row).At(file: options.Name);
        }
        catch (DataFormatException e)
        {
            throw new DataFormatException($"row {row}: {e.Message}", e).At(file: options.Name);
        }
        catch (InvalidOperationException e) // text with broken UTF-8 or lone surrogates
        {
            throw new DataFormatException($"row {row}: {e.Message}", e).At(file: options.Name);
        }
    }

    DataFormatException Unknown(string name) => new DataFormatException(
        $"the member '{name}' is not among the columns of the first {options.InferRows:N0} rows; "
        + $"name its type (anit-data convert --type {name}=text) or infer from more rows");

    static void Infer(JsonTypes types, ReadOnlySpan<byte> line, long row)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            types.Add(ref json);
            if (json.Read()) throw new DataFormatException("found more after the object of a row");
        }
        catch (JsonException e)
        {
            throw Bad(e, row);
        }
        catch (Exception e) when (e is InvalidOperationException or DataFormatException and not LimitExceededException)
        {
            throw new DataFormatException($"row {row}: {e.Message}", e);
        }
    }

    static DataFormatException Bad(JsonException e, long row)
    {
        var end = e.Message.IndexOf(" LineNumber", StringComparison.Ordinal);
        return new($"row {row}, byte {e.BytePositionInLine + 1} of the row: {(end < 0 ? e.Message : e.Message[..end])}", e);
    }
}

/// <summary>The non-empty lines of a stream, without their ends.</summary>
sealed class Lines(Stream stream, ReadLimits limits) : JsonRows
{
    byte[] buffer = new byte[1 << 16];
    int start, end;
    bool ended, begun;

    public override async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken stop)
    {
        var searched = 0;
        while (true)
        {
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (at >= 0 || (ended && end > start))
            {
                var length = at >= 0 ? searched + at : end - start;
                var line = buffer.AsMemory(start, length);
                start = Math.Min(end, start + length + 1);
                searched = 0;
                line = Trim(line);
                if (!line.IsEmpty) return line;
                continue;
            }
            if (ended) return null;
            searched = end - start;
            await FillAsync(stop).ConfigureAwait(false);
        }
    }

    public override ValueTask DisposeAsync() => stream.DisposeAsync();

    async ValueTask FillAsync(CancellationToken stop)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length)
        {
            if (buffer.Length > limits.CellBytes) throw ReadLimits.Exceeded("the length of a line", end, nameof(limits.CellBytes), limits.CellBytes);
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        var read = await stream.ReadAsync(buffer.AsMemory(end), stop).ConfigureAwait(false);
        end += read;
        ended = read == 0;
    }

    Memory<byte> Trim(Memory<byte> line)
    {
        if (!begun && line.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) line = line[3..];
        begun = true;
        while (line.Length > 0 && line.Span[^1] is (byte)'\r' or (byte)' ' or (byte)'\t') line = line[..^1];
        return line;
    }
}

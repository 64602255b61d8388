using System.Text;

namespace Anit.Data.Tests.Arrow;

/// <summary>Writes and reads whole tables in memory.</summary>
static class Arrows
{
    public static async Task<byte[]> Write(
        TableFormat format, Schema schema, IEnumerable<ColumnBatch> batches, IReadOnlyDictionary<string, string>? late = null,
            WriteOptions? options = null)
    {
        var stream = new MemoryStream();
        await using var writer = Table.Create(stream, format, schema, options);
        foreach (var batch in batches) await writer.WriteAsync(batch);
        await writer.FinishAsync(late);
        return stream.ToArray();
    }

    public static async Task<List<ColumnBatch>> Batches(ITableReader reader)
    {
        var batches = new List<ColumnBatch>();
        await foreach (var batch in reader.ReadBatchesAsync()) batches.Add(batch);
        return batches;
    }

    public static async Task<string[]> Rows(ITableReader reader) => Rows(await Batches(reader));

    public static string[] Rows(IEnumerable<ColumnBatch> batches)
    {
        var json = new CanonicalJson();
        return [.. batches.SelectMany(batch => Enumerable.Range(0, batch.Rows).Select(row => Encoding.UTF8.GetString(json.Row(batch, row).Span)))];
    }
}

/// <summary>A stream like a pipe: it cannot seek and hands out its bytes in awkward pieces.</summary>
sealed class Pipe(byte[] bytes, int seed = 1) : Stream
{
    readonly Random random = new(seed);
    int at;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var piece = Math.Min(Math.Min(count, bytes.Length - at), 1 + random.Next(7000));
        bytes.AsSpan(at, piece).CopyTo(buffer.AsSpan(offset));
        at += piece;
        return piece;
    }

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

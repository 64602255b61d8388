using System.Buffers.Binary;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Thrift;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Files beyond 4 GiB, and work given up half way.</summary>
public sealed class ParquetBoundaryTests
{
    static readonly Schema Schema = new([new("n", DataType.Int64), new("text", DataType.Utf8), new("list", DataType.ListOf(DataType.Int32))]);

    [Fact]
    public async Task Row_groups_that_lie_beyond_4_GiB_and_span_more_are_read()
    {
        const long Hole = 5L << 30;
        var file = await Written(3_000);
        var meta = FileMeta.Read(file.AsSpan()[^(8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8)))..^8], ReadLimits.Default);
        var data = file.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));
        // The first column stays in front, the others move behind the hole: one row group of more than 5 GiB.
        var split = meta.RowGroups[0].Chunks[1].DictionaryPageOffset ?? meta.RowGroups[0].Chunks[1].DataPageOffset;
        foreach (var chunk in meta.RowGroups.SelectMany(g => g.Chunks))
        {
            if (chunk.DataPageOffset >= split) chunk.DataPageOffset += Hole;
            if (chunk.DictionaryPageOffset >= split) chunk.DictionaryPageOffset += Hole;
            (chunk.OffsetIndexLength, chunk.ColumnIndexLength) = (0, 0);
            chunk.UncompressedBytes += 3L << 30; // what the footer says of sizes only guides
        }
        var footer = new ByteBuffer();
        meta.Write(new CompactWriter(footer));
        footer.AppendValue(footer.Length);
        footer.Append("PAR1"u8);
        var stream = new Holed([.. file[..data], .. footer.Written], split, Hole);
        stream.Length.ShouldBeGreaterThan(Hole);

        await using var reader = await Table.OpenAsync(stream);
        long next = 0;
        await foreach (var batch in reader.ReadBatchesAsync())
            for (var row = 0; row < batch.Rows; row++, next++)
            {
                batch["n"].Integer(row).ShouldBe(next);
                batch["text"].Text(row).ShouldBe($"row {next}");
                batch["list"].IntegerList(row).ShouldBe([next, next + 1]);
            }
        next.ShouldBe(3_000);
    }

    [Fact]
    public async Task Cancelling_ends_reading_and_writing_between_batches()
    {
        using var stop = new CancellationTokenSource();
        await using var reader = await Table.OpenAsync(new MemoryStream(await Written(5_000)), new() { BatchRows = 1_000 });
        var batches = 0;
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in reader.ReadBatchesAsync(stop.Token))
                if (++batches == 2) await stop.CancelAsync();
        });
        batches.ShouldBe(2);
        await using var writer = Table.Create(new MemoryStream(), TableFormat.Parquet, Schema);
        await Should.ThrowAsync<OperationCanceledException>(async () => await writer.WriteAsync(Some.Batch(new Random(1), Schema, 10), stop.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => Table.OpenAsync(new MemoryStream(), stop: stop.Token));
    }

    static async Task<byte[]> Written(int rows)
    {
        var (n, text, list) = (new FixedBuilder<long>(DataType.Int64), new Utf8Builder(), new ListBuilder(DataType.Int32));
        for (var i = 0; i < rows; i++)
        {
            n.Append(i);
            text.Append($"row {i}");
            ((FixedBuilder<int>)list.Items).Append(i);
            ((FixedBuilder<int>)list.Items).Append(i + 1);
            list.EndList();
        }
        var stream = new MemoryStream();
        await using var writer = Table.Create(stream, TableFormat.Parquet, Schema);
        await writer.WriteAsync(new(Schema, [n.Build(), text.Build(), list.Build()]));
        await writer.FinishAsync();
        return stream.ToArray();
    }

    /// <summary>A stream with a hole of zeros at one place.</summary>
    sealed class Holed(byte[] bytes, long at, long hole) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => bytes.Length + hole;
        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (var i = 0; i < count; i++, Position++)
            {
                if (Position >= Length) return i;
                buffer[offset + i] = Position < at ? bytes[Position] : Position < at + hole ? (byte)0 : bytes[Position - hole];
            }
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) =>
            Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => Length + offset };

        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

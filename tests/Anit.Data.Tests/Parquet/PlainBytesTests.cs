using System.Buffers.Binary;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Read;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>PLAIN values of any length, read in one go with their lengths: wherever room ends, wherever the page does.</summary>
public sealed class PlainBytesTests
{
    [Fact]
    public void Values_of_any_length_come_out_however_many_are_read_at_a_time()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var longest = new[] { 3, 17, 100, 5_000, 70_000 }[random.Next(5)];
            var values = Enumerable.Range(0, random.Next(1, 700)).Select(_ => Bytes(random, longest)).ToArray();
            var (page, from, to) = Page(values, before: random.Next(40), behind: random.Next(3) * 13);
            var reader = Reader(new() { ReuseMemory = random.Next(2) == 0 });
            for (var again = 0; again < 2; again++)
            {
                reader.BeginPage(PageEncoding.Plain, page, from, to, values.Length);
                for (var at = 0; at < values.Length;)
                {
                    var count = random.Next(1, values.Length - at + 1);
                    for (var left = count; left > 0;)
                    {
                        var part = random.Next(1, left + 1);
                        reader.Read(part);
                        left -= part;
                    }
                    var column = (BinaryColumn)reader.Finish(count, default);
                    column.Length.ShouldBe(count);
                    for (var i = 0; i < count; i++)
                        column.Bytes(i).SequenceEqual(values[at + i]).ShouldBeTrue($"seed {seed}, value {at + i}");
                    at += count;
                }
            }
        }
    }

    [Fact]
    public void A_page_cut_anywhere_is_refused_and_nothing_behind_it_is_read()
    {
        byte[][] values = [[1, 2, 3], [], [.. Enumerable.Repeat((byte)7, 40)], [9]];
        var (page, from, to) = Page(values, before: 5, behind: 64);
        for (var end = from; end < to; end++)
        {
            var reader = Reader(new());
            reader.BeginPage(PageEncoding.Plain, page, from, end, values.Length);
            var message = Should.Throw<DataFormatException>(() => reader.Read(values.Length)).Message;
            (message.Contains("inside a length", StringComparison.Ordinal) || message.Contains("are left", StringComparison.Ordinal))
                .ShouldBeTrue($"cut at {end}: {message}");
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(13)]
    public void A_length_that_the_page_does_not_have_is_refused(int length)
    {
        var (page, from, to) = Page([[1], [2, 2, 2, 2], [3, 3, 3, 3]], before: 0, behind: 32);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(from + 5), length);
        var reader = Reader(new());
        reader.BeginPage(PageEncoding.Plain, page, from, to, 3);
        reader.Read(1);
        Should.Throw<DataFormatException>(() => reader.Read(2)).Message.ShouldContain("where 12 are left");
    }

    [Fact]
    public void The_limits_of_a_cell_and_of_a_batch_hold()
    {
        var (page, from, to) = Page([.. Enumerable.Range(0, 50).Select(_ => new byte[1_000])], before: 0, behind: 0);
        var cells = Reader(new() { Limits = ReadLimits.Default with { CellBytes = 999 } });
        cells.BeginPage(PageEncoding.Plain, page, from, to, 50);
        Should.Throw<LimitExceededException>(() => cells.Read(1)).Message.ShouldContain("CellBytes");

        var batch = Reader(new() { Limits = ReadLimits.Default with { BatchBytes = 20_000, PageBytes = 20_000 } });
        batch.BeginPage(PageEncoding.Plain, page, from, to, 50);
        batch.Read(20);
        Should.Throw<LimitExceededException>(() => batch.Read(1)).Message.ShouldContain("BatchBytes");
    }

    static BytesReader Reader(ReadOptions options) =>
        new(options, (n, offsets, data, valid, nulls) => new BinaryColumn(n, offsets, data, valid, nulls));

    static byte[] Bytes(Random random, int longest)
    {
        var value = new byte[random.Next(random.Next(4) == 0 ? longest : Math.Min(longest, 40))];
        random.NextBytes(value);
        return value;
    }

    static (byte[] Page, int From, int To) Page(byte[][] values, int before, int behind)
    {
        var page = new ByteBuffer();
        page.Append(new byte[before]);
        foreach (var value in values)
        {
            page.AppendValue(value.Length);
            page.Append(value);
        }
        var to = page.Length;
        page.Append(Enumerable.Repeat((byte)0xEE, behind).ToArray());
        return (page.Written.ToArray(), before, to);
    }
}

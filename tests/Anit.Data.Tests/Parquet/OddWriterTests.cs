using Anit.Data.Parquet.Meta;
using Anit.Data.Tests.Arrow;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Footers as some writers leave them, beyond the letter of the format but read by DuckDB.</summary>
public sealed class OddWriterTests
{
    static readonly Schema Schema = new(
    [
        new("n", DataType.Int64, Nullable: false), new("text", DataType.Utf8), new("list", DataType.ListOf(DataType.Int32)),
        new("who", new StructType([new("name", DataType.Utf8), new("tags", DataType.ListOf(DataType.Utf8))])),
    ]);

    static readonly Dictionary<string, Action<FileMeta>> Odd = new()
    {
        ["the root has a type beside its children, as segmentio's parquet-go writes it"] = m => m.Schema[0].Type = PhysicalType.Boolean,
        ["groups have a type beside their children"] = m =>
        {
            foreach (var group in m.Schema.Where(e => e.Type is null)) group.Type = PhysicalType.Int32;
        },
        ["a required column does not say so"] = m => m.Schema[1].Repetition = null,
        ["a required column counts no values"] = m => Uncount(m, 0),
        ["a nullable column counts no values"] = m => Uncount(m, 1),
        ["no column but the lists counts its values"] = m => Uncount(m, 0, 1, 3),
    };

    public static TheoryData<string> Oddities => [.. Odd.Keys];

    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task Odd_footers_change_no_row(string oddity)
    {
        var file = await Written();
        var odd = Footers.Changed(file, Odd[oddity]);
        (await Rows(odd)).ShouldBe(await Rows(file));
        var range = new ReadOptions { Ranges = [ColumnRange.Between("n", 130, 140)] };
        (await Rows(odd, range)).ShouldBe(await Rows(file, range));
    }

    [OracleFact]
    public async Task DuckDB_reads_the_same_rows_from_odd_footers()
    {
        var folder = Directory.CreateTempSubdirectory("anit");
        try
        {
            var file = await Written();
            foreach (var (change, i) in Odd.Values.Select((change, i) => (change, i)))
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{i}.ours"), Footers.Changed(file, change));
            await Oracle.Run("parquet.mjs", [], "duckdb", folder.FullName);
            for (var i = 0; i < Odd.Count; i++)
                (await Rows(await File.ReadAllBytesAsync(Path.Combine(folder.FullName, $"{i}.theirs"))))
                    .ShouldBe(await Rows(file), Odd.Keys.ElementAt(i));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_list_that_begins_by_continuing_a_row_is_refused()
    {
        // Repetition levels 0 1 0 become 1 0 0: as many rows and values, but the first value has no row to be in.
        var lists = new ListBuilder(DataType.Int32);
        foreach (var count in new[] { 2, 1 })
        {
            for (var i = 0; i < count; i++) ((FixedBuilder<int>)lists.Items).Append(i);
            lists.EndList();
        }
        var schema = new Schema([new("list", DataType.ListOf(DataType.Int32))]);
        var file = await Arrows.Write(TableFormat.Parquet, schema, [new(schema, [lists.Build()])],
            options: new WriteOptions { Compression = Compression.None, Dictionaries = false });
        var page = (int)Footers.MetaOf(file).RowGroups[0].Chunks[0].DataPageOffset;
        PageHeader.Read(file.AsSpan(page), ReadLimits.Default, out var header);
        var levels = page + header + sizeof(int);
        file[levels..(levels + 2)].ShouldBe([3, 0b010]); // one bit-packed group
        file[levels + 1] = 0b001;
        (await Should.ThrowAsync<DataFormatException>(() => Rows(file, new ReadOptions { VerifyChecksums = false })))
            .Message.ShouldContain("the first value of a column continues a row");
    }

    static void Uncount(FileMeta meta, params int[] columns)
    {
        foreach (var group in meta.RowGroups)
            foreach (var column in columns) group.Chunks[column].Values = 0;
    }

    static async Task<byte[]> Written()
    {
        var random = new Random(5);
        var n = new FixedColumn<long>(DataType.Int64, [.. Enumerable.Range(0, 300).Select(i => (long)i)]);
        var batch = new ColumnBatch(Schema, [n, .. Schema.Fields.Skip(1).Select(f => Some.Column(random, f.Type, 300))]);
        return await Arrows.Write(TableFormat.Parquet, Schema, [batch], options: new WriteOptions { RowGroupRows = 120, PageRows = 30 });
    }

    static async Task<string[]> Rows(byte[] file, ReadOptions? options = null)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(file), options);
        return await Arrows.Rows(reader);
    }
}

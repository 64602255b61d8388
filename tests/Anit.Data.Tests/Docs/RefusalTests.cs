using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Read;
using Anit.Data.Parquet.Schemas;
using Anit.Data.Parquet.Thrift;
using Anit.Data.Tests.Parquet;
using Shouldly;

namespace Anit.Data.Tests.Docs;

/// <summary>Every line of "What is refused" in docs/data.md, in the words that stand there.</summary>
public sealed class RefusalTests
{
    static readonly Schema Schema = new([new("n", DataType.Int64), new("text", DataType.Utf8)]);

    [Fact]
    public async Task Encrypted_footers()
    {
        var file = await Written();
        "PARE"u8.CopyTo(file.AsSpan(file.Length - 4));
        (await Refused(file)).ShouldContain(Listed(
            "the footer is encrypted; encryption is not supported", "encrypted footer; encryption is not supported"));
        "PARE"u8.CopyTo(file);
        (await Refused(file)).ShouldContain(Listed("encrypted footer; encryption is not supported"));
    }

    [Fact]
    public async Task Encrypted_columns()
    {
        // FileMetaData with field 8, the encryption algorithm: an empty structure will do.
        var file = Footers.Replaced(await Written(), footer => [.. footer[..^1], 0x1C, 0, 0]);
        (await Refused(file)).ShouldContain(Listed("encrypted; encryption is not supported"));
        Should.Throw<DataFormatException>(() =>
            Checked(c => c.Encrypted = true)).Message.ShouldContain(Listed("encrypted; encryption is not supported"));
    }

    [Theory]
    [InlineData(3, "compressed with LZO, which is not supported")]
    [InlineData(17, "the unknown codec 17, which is not supported")]
    public async Task Codecs(int codec, string message) =>
        (await Refused(Footers.Changed(await Written(), m => m.RowGroups[0].Chunks[1].Codec = (Codec)codec))).ShouldContain(Listed(message));

    [Fact]
    public void Columns_in_other_files() =>
        Should.Throw<DataFormatException>(() =>
            Checked(c => c.FilePath = "part-1.parquet")).Message.ShouldContain(Listed("the column lies in another file"));

    [Theory]
    [InlineData((int)PageType.Data, 1, "an unknown encoding")]
    [InlineData((int)PageType.Data, 99, "an unknown encoding")]
    [InlineData((int)PageType.Data, (int)PageEncoding.ByteStreamSplit, "an encoding that does not fit the column")]
    [InlineData(9, 0, "a page of unknown type")]
    public async Task Encodings_and_pages(int type, int encoding, string message) =>
        (await Refused(Repaged((PageType)type, (PageEncoding)encoding))).ShouldContain(Listed(message));

    [Fact]
    public async Task Checksums_that_do_not_match()
    {
        var file = await Written(Compression.None);
        file[Footers.MetaOf(file).RowGroups[0].Chunks[1].DataPageOffset + 60] ^= 1;
        (await Refused(file)).ShouldContain(Listed("the page does not match its checksum"));
        await Read(file, new() { VerifyChecksums = false });
    }

    [Fact]
    public async Task Chunks_that_share_bytes()
    {
        var file = Footers.Changed(await Written(), m =>
        {
            var (a, b) = (m.RowGroups[0].Chunks[0], m.RowGroups[0].Chunks[1]);
            (b.DataPageOffset, b.DictionaryPageOffset, b.CompressedBytes) = (a.DataPageOffset, a.DictionaryPageOffset, a.CompressedBytes);
        });
        (await Refused(file)).ShouldContain(Listed("two column chunks share the bytes"));
    }

    [Fact]
    public async Task Arrow_streams_that_end_early()
    {
        var file = await Written(format: TableFormat.ArrowStream);
        (await Should.ThrowAsync<DataFormatException>(() => Read(Pipe(file[..^8]), new()))).Message.ShouldContain(Listed("upstream ended early"));
        await Read(Pipe(file[..^8]), new() { AllowTruncated = true });

        static PrefixedStream Pipe(byte[] bytes) => new(bytes, Stream.Null);
    }

    [Fact]
    public async Task Whole_files_compressed()
    {
        (await Refused([0x1F, 0x8B, 8, 0, 0, 0, 0, 0])).ShouldContain(Listed("decompress it first"));
        (await Refused([0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0, 0])).ShouldContain(Listed("decompress it first"));
    }

    [Fact]
    public async Task Text_that_would_be_misread()
    {
        (await Refused([0xFF, 0xFE, (byte)'a', 0, (byte)'\n', 0])).ShouldContain(Listed("UTF-16 text; convert it first"));
        (await Refused([.. "{\"n\":9007199254740993}\n{\"n\":0.5}\n"u8]))
            .ShouldContain(Listed("whose digits neither the column's integers nor a double can hold"));
    }

    [Fact]
    public void Names_twice_in_a_JSON_object() =>
        Should.Throw<UnsupportedTypeException>(() => Table.Create(new MemoryStream(), TableFormat.Jsonl, new([Schema.Fields[0], Schema.Fields[0]])))
            .Message.ShouldContain(Listed("is there twice, which a JSON object cannot hold"));

    [Fact]
    public async Task Anything_beyond_the_limits()
    {
        var file = await Written();
        var limits = new[]
        {
            ReadLimits.Default with { MetadataBytes = 100 }, ReadLimits.Default with { PageBytes = 10 }, ReadLimits.Default with { CellBytes = 1 },
            ReadLimits.Default with { Leaves = 1 }, ReadLimits.Default with { MetadataElements = 5 },
        };
        foreach (var limit in limits)
            (await Should.ThrowAsync<LimitExceededException>(() =>
                Read(file, new() { Limits = limit }))).Message.ShouldContain(Listed("raise it in ReadLimits if the input is trusted"));
    }

    [Fact]
    public void Types_that_Parquet_does_not_have()
    {
        DataType[] types =
        [
            new UnionType([new("a", DataType.Int32)], [0], Dense: true), new StructType([]), new DecimalType(5, -2), new DecimalType(3, 4),
        ];
        foreach (var type in types)
            Should.Throw<UnsupportedTypeException>(() =>
                Table.Create(new MemoryStream(), TableFormat.Parquet, new([new("c", type)]))).Message.ShouldContain("'c'");
    }

    [Fact]
    public async Task Nulls_where_the_schema_has_none()
    {
        var schema = new Schema([new("c", DataType.Utf8, Nullable: false)]);
        await using var writer = Table.Create(new MemoryStream(), TableFormat.Parquet, schema);
        (await Should.ThrowAsync<InvalidOperationException>(async () => await writer.WriteAsync(new(schema, [Utf8Column.Of([null])]))))
            .Message.ShouldContain(Listed("declared without nulls"));
    }

    /// <summary>The part of a message that docs/data.md lists.</summary>
    static string Listed(string message, string? listed = null)
    {
        File.ReadAllText(Path.Combine(SharedData.Repository, "docs", "data.md")).ShouldContain($"`{listed ?? message}`");
        return message;
    }

    static async Task<byte[]> Written(Compression compression = Compression.Default, TableFormat format = TableFormat.Parquet)
    {
        var stream = new MemoryStream();
        await using var writer = Table.Create(stream, format, Schema, new() { Compression = compression, Dictionaries = false });
        await writer.WriteAsync(new(Schema,
            [new FixedColumn<long>(DataType.Int64, [1L, 2, 3]), Utf8Column.Of(["some", "longer", "text, which is long enough for a page"])]));
        await writer.FinishAsync();
        return stream.ToArray();
    }

    static async Task<string> Refused(byte[] file) => (await Should.ThrowAsync<DataFormatException>(() => Read(file, new()))).Message;

    static Task Read(byte[] file, ReadOptions options) => Read(new MemoryStream(file), options);

    static async Task Read(Stream file, ReadOptions options)
    {
        await using var reader = await Table.OpenAsync(file, options);
        await foreach (var _ in reader.ReadBatchesAsync())
        {
        }
    }

    /// <summary>A file of one required column of one text, whose page header says what it is told to.</summary>
    static byte[] Repaged(PageType type, PageEncoding encoding)
    {
        var page = new ByteBuffer();
        new PageHeader { Type = type, Values = 1, Encoding = encoding, UncompressedSize = 8, CompressedSize = 8 }.Write(new CompactWriter(page),
            null);
        page.Append(new byte[8]);
        var chunk = new ColumnChunk { Type = PhysicalType.ByteArray, Codec = Codec.Uncompressed, Values = 1, DataPageOffset = 4,
            CompressedBytes = page.Length, UncompressedBytes = page.Length };
        chunk.Path.Add("c");
        var meta = new FileMeta { Version = 1, Rows = 1, RowGroups = { new RowGroup { Rows = 1, Chunks = { chunk } } } };
        meta.Schema.Add(new SchemaElement { Name = "schema", Children = 1 });
        meta.Schema.Add(new SchemaElement { Name = "c", Type = PhysicalType.ByteArray, Repetition = Repetition.Required });
        var file = new ByteBuffer();
        file.Append("PAR1"u8);
        file.Append(page.Written);
        var start = file.Length;
        meta.Write(new CompactWriter(file));
        file.AppendValue(file.Length - start);
        file.Append("PAR1"u8);
        return file.Written.ToArray();
    }

    /// <summary>The checks of a footer whose only column chunk is changed.</summary>
    static void Checked(Action<ColumnChunk> change)
    {
        var meta = Footers.MetaOf(Repaged(PageType.Data, PageEncoding.Plain));
        change(meta.RowGroups[0].Chunks[0]);
        RowGroupChecks.Check(meta, SchemaNode.Tree(meta.Schema, ReadLimits.Default).Leaves, footerStart: 1_000);
    }
}

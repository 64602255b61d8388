using System.Text;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Other implementations read our files and write what they understood; our reader, proven on the corpora, compares.</summary>
public sealed class ParquetInteropTests
{
    const int Tables = 25;

    [OracleTheory]
    [InlineData("duckdb", "zstd", "V1")]
    [InlineData("duckdb", "snappy", "V2")]
    [InlineData("arrow-rs", "zstd", "V1")]
    [InlineData("arrow-rs", "snappy", "V2")]
    [InlineData("hyparquet", "", "")]
    public async Task Tables_of_ours_mean_the_same_to_others(string who, string codec, string version)
    {
        var folder = Directory.CreateTempSubdirectory("anit");
        try
        {
            var schemas = new List<Schema>();
            for (var seed = 0; seed < Tables; seed++)
            {
                var random = new Random(seed);
                var schema = new Schema(Enumerable.Range(0, 8).Select(i => new Field($"c{i}", Type(random, who, 2), random.Next(4) > 0)));
                schemas.Add(schema);
                await using var writer = Table.Create(Path.Combine(folder.FullName, $"{seed}.ours"), schema, Options(random));
                await writer.WriteAsync(Some.Batch(random, schema, 300));
                await writer.WriteAsync(Some.Batch(random, schema, 77));
                await writer.FinishAsync();
            }
            await Oracle.Run("parquet.mjs", [], who, folder.FullName, codec, version);
            for (var seed = 0; seed < Tables; seed++)
                (await Rows(Path.Combine(folder.FullName, $"{seed}.theirs")))
                    .ShouldBe(await Rows(Path.Combine(folder.FullName, $"{seed}.ours")), $"{who}, seed {seed}: {schemas[seed]}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static WriteOptions Options(Random random) => new()
    {
        Format = TableFormat.Parquet,
        PageV2 = random.Next(2) == 0, Dictionaries = random.Next(3) > 0, PageRows = 20 + random.Next(400), RowGroupRows = 50 + random.Next(500),
        Compression = random.Next(5) switch { 0 => Compression.Snappy, 1 => Compression.None, 2 => Compression.Gzip, 3 => Compression.Lz4, _ =>
            Compression.Zstd },
    };

    /// <summary>Types that survive in the other implementation: each of them maps some away.</summary>
    static DataType Type(Random random, string who, int depth)
    {
        var type = Some.Type(random, depth);
        return Survives(type, who) ? type : Type(random, who, depth);
    }

    static bool Survives(DataType type, string who) => type switch
    {
        ListType t => Survives(t.Item.Type, who),
        StructType t => t.Fields.All(f => Survives(f.Type, who)),
        MapType t => who != "hyparquet" && Survives(t.Key.Type, who) && Survives(t.Value.Type, who),
        FixedBinaryType => who == "arrow-rs",
        FloatType { Bits: 16 } => who == "arrow-rs",
        DecimalType => who != "hyparquet",
        TimeType { Unit: not TimeUnit.Microsecond } => who == "arrow-rs",
        TimestampType t => who != "hyparquet" && (who != "duckdb" || t.Unit == TimeUnit.Microsecond),
        BinaryType or DateType or TimeType => who != "hyparquet",
        IntType { Bits: < 32 } or IntType { Signed: false } or FloatType { Bits: 32 } => who != "hyparquet",
        _ => true,
    };

    static async Task<List<string>> Rows(string path)
    {
        await using var reader = await Table.OpenAsync(path);
        var (rows, json) = (new List<string>(), new CanonicalJson());
        await foreach (var batch in reader.ReadBatchesAsync())
            for (var i = 0; i < batch.Rows; i++) rows.Add(Encoding.UTF8.GetString(json.Row(batch, i).Span));
        return rows;
    }
}

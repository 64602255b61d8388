using Shouldly;

namespace Anit.Data.Tests.United;

/// <summary>Random tables united by name, as DuckDB's <c>union_by_name</c> has them.</summary>
public sealed class UnionOracleTests
{
    static readonly DataType[][] Families =
    [
        [DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64], [DataType.UInt8, DataType.UInt16, DataType.UInt32],
        [DataType.Float32, DataType.Float64], [DataType.Utf8, DataType.Dictionary], [DataType.Int32, DataType.UInt16, DataType.Int64],
        [DataType.ListOf(DataType.Int32), DataType.ListOf(DataType.Int64)], [DataType.Bool], [DataType.Date], [new DecimalType(9, 2),
            new DecimalType(12, 4)],
    ];

    [OracleFact]
    public async Task Files_are_united_as_DuckDB_unites_them()
    {
        const int Tables = 40;
        var folder = Directory.CreateTempSubdirectory("anit-union-").FullName;
        try
        {
            var statements = new List<string>();
            for (var seed = 0; seed < Tables; seed++)
            {
                var random = new Random(seed);
                for (var part = 0; part < 1 + random.Next(4); part++)
                {
                    var columns = Enumerable.Range(0, Families.Length).Where(_ => random.Next(3) > 0).DefaultIfEmpty(0).ToArray();
                    random.Shuffle(columns);
                    var schema = new Schema(columns.Select(i =>
                        new Field($"c{i}", Families[i][random.Next(Families[i].Length)], random.Next(2) == 0)));
                    await Rows.Write(Path.Combine(folder, $"{seed}", $"part-{part}.parquet"), schema, Some.Batch(random, schema, random.Next(50)),
                        Some.Batch(random, schema, random.Next(50)));
                }
                statements.Add(Duck.Copy($"from read_parquet('{folder}/{seed}/*.parquet', union_by_name=true)", $"{folder}/{seed}.theirs"));
            }
            await Duck.Run(statements);
            for (var seed = 0; seed < Tables; seed++)
            {
                var (ours, theirs) = (await Rows.Of(Path.Combine(folder, $"{seed}")), await Rows.Of(Path.Combine(folder, $"{seed}.theirs")));
                ours.Schema.Fields.Select(f => (f.Name, CanonicalJson.TypeName(f.Type)))
                    .ShouldBe(theirs.Schema.Fields.Select(f => (f.Name, CanonicalJson.TypeName(f.Type))), $"seed {seed}");
                ours.Rows.ShouldBe(theirs.Rows, $"seed {seed}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Text;
using System.Text.Json;
using Anit.Data.Arrow.Meta;
using Anit.Data.Tests.Arrow;
using Anit.Data.Tests.Parquet;
using Shouldly;

namespace Anit.Data.Tests;

/// <summary>Metadata of tables and of fields at all depths goes from format to format, and others find it in our files.</summary>
public sealed class MetadataTests
{
    static readonly TableFormat[] Formats = [TableFormat.Parquet, TableFormat.ArrowFile, TableFormat.ArrowStream];

    [Fact]
    public async Task Metadata_is_the_same_through_every_pair_of_formats()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var plain = Some.Schema(random);
            var schema = new Schema(plain.Fields.Select(f => Marked(f, random)), Pairs(random));
            var late = new Dictionary<string, string> { ["late"] = "läter" };
            var rows = Some.Batch(random, schema, 5);
            foreach (var first in Formats)
                foreach (var second in Formats)
                {
                    var (once, batches) = await Read(await Arrows.Write(first, schema, [rows], late));
                    var (twice, _) = await Read(await Arrows.Write(second, once, batches));
                    Lines(twice).ShouldBe(Lines(schema.WithMetadata(late)), $"seed {seed}, {first} to {second}: {schema}");
                }
        }
    }

    [Fact]
    public void What_is_said_of_the_values_of_runs_is_said_of_the_column_they_become()
    {
        Dictionary<string, string> Said(params string[] keys) => keys.ToDictionary(key => key, key => key + " of " + keys[^1]);
        var text = new ArrowField("values", true, new ArrowType(ArrowKind.Utf8), []) { Metadata = Said("both", "values") };
        var ends = new ArrowField("run_ends", false, new ArrowType(ArrowKind.Int) { BitWidth = 32, Signed = true }, []) { Metadata = Said("ends") };
        var runs = new ArrowField("c", true, new ArrowType(ArrowKind.RunEndEncoded), [ends, text]) { Metadata = Said("both", "column") };
        SchemaImport.Field(runs).Metadata.Select(m => $"{m.Key}: {m.Value}").Order(StringComparer.Ordinal)
            .ShouldBe(["both: both of column", "column: column of column", "values: values of values"]);
        // Below the values nothing changes.
        var list = new ArrowField("values", true, new ArrowType(ArrowKind.List), [text]);
        var nested = SchemaImport.Field(new("c", true, new ArrowType(ArrowKind.RunEndEncoded), [ends, list]));
        ((ListType)nested.Type).Item.Metadata.Keys.ShouldBe(["both", "values"]);
    }

    [Fact]
    public async Task Annotations_of_Parquet_survive_Arrow()
    {
        var schema = new Schema(
        [
            new("id", new FixedBinaryType(16)) { Metadata = new Dictionary<string, string> { ["ARROW:extension:name"] = "arrow.uuid",
                ["PARQUET:field_id"] = "7" } },
            new("json", DataType.Dictionary) { Metadata = new Dictionary<string, string> { ["ARROW:extension:name"] = "arrow.json",
                ["ARROW:extension:metadata"] = "" } },
            new("list", new ListType(new("element",
                DataType.Binary) { Metadata = new Dictionary<string, string> { ["anit.parquet.kind"] = "enum" } })),
            new("bson", DataType.Binary) { Metadata = new Dictionary<string, string> { ["anit.parquet.kind"] = "bson" } },
            // which it cannot be
            new("none", new FixedBinaryType(8)) { Metadata = new Dictionary<string, string> { ["ARROW:extension:name"] = "arrow.uuid" } },
        ]);
        var file = await Arrows.Write(TableFormat.Parquet, schema, []);
        var expected = new[] { "id Uuid 7", "json Json ", "list List ", "list None ", "element Enum ", "bson Bson ", "none None " };
        Annotations(file).ShouldBe(expected);
        // What other writers say without Arrow's schema comes through as well.
        var foreign = Footers.Changed(file, m => m.KeyValues.Clear());
        var (read, _) = await Read(foreign);
        var (arrow, _) = await Read(await Arrows.Write(TableFormat.ArrowStream, read, []));
        Annotations(await Arrows.Write(TableFormat.Parquet, arrow, [])).ShouldBe(expected);

        static string[] Annotations(byte[] file) => [.. Footers.MetaOf(file).Schema.Skip(1).Select(e => $"{e.Name} {e.Logical} {e.FieldId}")];
    }

    [OracleFact]
    public async Task Others_find_metadata_and_annotations_in_our_Parquet()
    {
        var folder = Directory.CreateTempSubdirectory("anit");
        try
        {
            // DuckDB's UUID and JSON, our own random metadata, and what pandas and datasets wrote, each through an Arrow stream into Parquet again.
            await Oracle.Run("metadata.mjs", [], "duckdb", At("duck.parquet"));
            var random = new Random(3);
            var schema = new Schema([Marked(new("s", new StructType([new("x", DataType.ListOf(DataType.Utf8)), new("y", DataType.Int32)])), random),
                Marked(new("d", DataType.Dictionary), random), new("m", new MapType(new("key", DataType.Utf8, false), new("value", DataType.Int32))
                { PairMetadata = new Dictionary<string, string> { ["of pairs"] = "ü" } })], Pairs(random));
            await File.WriteAllBytesAsync(At("ours.parquet"), await Arrows.Write(TableFormat.Parquet, schema, [Some.Batch(random, schema, 3)]));
            List<string> files = [At("duck.parquet"), At("ours.parquet")];
            if (SharedData.Folder is not null)
                files.AddRange(Directory.GetFiles(SharedData.Path("reports", "hf-metadata"), "*.parquet").Order(StringComparer.Ordinal));
            var again = new List<string>();
            foreach (var (path, i) in files.Select((path, i) => (path, i)))
            {
                var (read, batches) = await Read(await File.ReadAllBytesAsync(path));
                var (arrow, rows) = await Read(await Arrows.Write(TableFormat.ArrowStream, read, batches));
                again.Add(At($"again{i}.parquet"));
                await File.WriteAllBytesAsync(again[^1], await Arrows.Write(TableFormat.Parquet, arrow, rows));
            }
            var output = Encoding.UTF8.GetString(await Oracle.Run("metadata.mjs", [], ["look", .. files, .. again])).TrimEnd().Split('\n');
            for (var i = 0; i < files.Count; i++)
            {
                var (before, after) = (Seen(output[i]), Seen(output[files.Count + i]));
                after.Annotations.ShouldBe(before.Annotations, files[i]);
                foreach (var line in before.Metadata) after.Metadata.ShouldContain(line, files[i]);
            }
            Seen(output[0]).Annotations.ShouldContain("id UUID");
            Seen(output[0]).Annotations.ShouldContain("doc JSON");
            // How a file was cut is our writer's own note in the footer (docs/receipts.md, Columns that pass).
            Seen(output[1]).Metadata.Where(line => !line.StartsWith(" anit.layout=", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .ShouldBe(Lines(schema).Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string At(string name) => Path.Combine(folder.FullName, name);

        static (string[] Metadata, string[] Annotations) Seen(string line)
        {
            using var seen = JsonDocument.Parse(line);
            return (Texts("metadata"), Texts("annotations"));
            string[] Texts(string name) => [.. seen.RootElement.GetProperty(name).EnumerateArray().Select(e => e.GetString()!)];
        }
    }

    /// <summary>One line a pair of metadata: the field's path, the key and the value.</summary>
    static string[] Lines(Schema schema)
    {
        var lines = new List<string>();
        Add("", schema.Metadata);
        foreach (var field in schema.Fields) Field(field, field.Name);
        return [.. lines.Order(StringComparer.Ordinal)];

        void Add(string path, IReadOnlyDictionary<string, string> pairs) => lines.AddRange(pairs.Select(pair => $"{path} {pair.Key}={pair.Value}"));

        void Field(Field field, string path)
        {
            Add(path, field.Metadata);
            foreach (var (child, i) in Children(field.Type).Select((child, i) => (child, i))) Field(child, $"{path}.{i}");
        }
    }

    static IEnumerable<Field> Children(DataType type) => type switch
    {
        ListType t => [t.Item],
        StructType t => t.Fields,
        MapType t => [new("entries", new StructType([t.Key, t.Value])) { Metadata = t.PairMetadata }],
        _ => [],
    };

    static Field Marked(Field field, Random random) => field with
    {
        Metadata = Pairs(random),
        Type = field.Type switch
        {
            ListType t => new ListType(Marked(t.Item, random)),
            StructType t => new StructType([.. t.Fields.Select(f => Marked(f, random))]),
            MapType t => new MapType(Marked(t.Key, random), Marked(t.Value, random)) { PairMetadata = Pairs(random) },
            var other => other,
        },
    };

    static Dictionary<string, string> Pairs(Random random) =>
        Enumerable.Range(0, random.Next(3)).ToDictionary(i => $"key {i}", _ => random.Next(4) == 0 ? "" : $"wert ü {random.Next()}");

    static async Task<(Schema Schema, List<ColumnBatch> Batches)> Read(byte[] bytes)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
        var batches = await Arrows.Batches(reader);
        return (reader.Schema.WithMetadata(reader.LateMetadata), batches);
    }
}

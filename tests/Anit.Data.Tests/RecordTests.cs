using Shouldly;

namespace Anit.Data.Tests;

/// <summary>Rows as records of all kinds of members, there and back.</summary>
public sealed class RecordTests : IDisposable
{
    readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".parquet");

    public void Dispose() => File.Delete(path);

    public enum Kind { NamedEntity, Relation }

    public sealed record Span(int From, int To, Kind Kind, string? Note = null);

    public sealed record Row(string Id, Kind Kind, Kind? Other, decimal Price, decimal? Rebate, Span Main, Span? Second, Span[] Spans,
        List<double> Scores, IReadOnlyList<int?> Counts, DateTimeOffset At, TimeSpan Took, ulong Large, Kind[] Kinds, int Missing = 7);

    static Row[] Rows { get; } =
    [
        new("a", Kind.NamedEntity, null, 1.25m, null, new(1, 2, Kind.Relation, "x"), null,
            [new(3, 4, Kind.NamedEntity), new(5, 6, Kind.Relation, "y")], [0.5, 1], new int?[] { 1, null, 3 },
            new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.Zero), TimeSpan.FromMilliseconds(1.5), ulong.MaxValue,
            [Kind.Relation]),
        new("b", Kind.Relation, Kind.NamedEntity, -12345678901234567890.123456789m, 0m, new(0, 0, Kind.Relation), new(9, 9, Kind.NamedEntity),
            [], [], Array.Empty<int?>(), DateTimeOffset.UnixEpoch, -TimeSpan.FromDays(1), 0, []),
    ];

    [Fact]
    public async Task Decimals_enumerations_nested_records_and_lists_of_them_come_back()
    {
        await using (var writer = Table.Create(path, Records.SchemaOf<Row>()))
        {
            await writer.WriteRecordsAsync(Rows);
            await writer.FinishAsync();
        }
        await using var reader = await Table.OpenAsync(path);
        reader.Schema["main"].Type.ShouldBe(new StructType([new("from", DataType.Int32, false), new("to", DataType.Int32, false),
            new("kind", DataType.Utf8, false), new("note", DataType.Utf8)]));
        reader.Schema["price"].Type.ShouldBe(new DecimalType(38, 9));
        var back = await reader.ReadRecordsAsync<Row>().ToListAsync();
        back.ShouldBeEquivalentTo(Rows.ToList());
    }

    [Fact]
    public async Task Queries_of_LINQ_run_over_records_as_they_are_read()
    {
        await using (var writer = Table.Create(path, Records.SchemaOf<Row>()))
        {
            await writer.WriteRecordsAsync(Enumerable.Range(0, 1_000).Select(i => Rows[i % 2] with { Id = $"{i}", Large = (ulong)i }));
            await writer.FinishAsync();
        }
        await using var reader = await Table.OpenAsync(path, new() { Where = RowFilter.Parse("large >= 500 and kind = 'relation'") });
        (await reader.ReadRecordsAsync<Row>().Where(row => row.Large % 3 == 0).Select(row => row.Id).Take(3).ToListAsync())
            .ShouldBe(["501", "507", "513"]);
    }

    public sealed record Named(Kind Kind, int Rank = 3);

    public sealed record Endless(int Depth, Endless? Below);

    public sealed record Unknown(Uri Place);

    [Fact]
    public async Task Words_are_read_in_any_case_and_unknown_ones_are_named()
    {
        var text = new MemoryStream("{\"kind\":\"Named_Entity\"}\n{\"kind\":\"RELATION\"}\n{\"kind\":\"event\"}\n"u8.ToArray());
        await using var reader = await Table.OpenAsync(text);
        var seen = new List<Named>();
        (await Should.ThrowAsync<InvalidOperationException>(async () =>
        {
            await foreach (var row in reader.ReadRecordsAsync<Named>()) seen.Add(row);
        })).Message.ShouldBe("'event' is none of Kind: named_entity, relation");
        seen.ShouldBe([new(Kind.NamedEntity), new(Kind.Relation)]);
    }

    [Fact]
    public void Types_that_make_no_columns_are_named()
    {
        Should.Throw<ArgumentException>(Records.SchemaOf<Endless>).Message.ShouldContain("which holds itself");
        Should.Throw<ArgumentException>(Records.SchemaOf<Unknown>).Message
            .ShouldStartWith("Unknown.Place is of type Uri, which has no column; use one of");
    }
}

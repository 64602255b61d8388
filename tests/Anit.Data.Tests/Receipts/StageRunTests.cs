using Anit.Data.Receipts;
using Shouldly;

namespace Anit.Data.Tests.Receipts;

public sealed class StageRunTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("anit-stage-").FullName;
    readonly List<string> said = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("arrow")]
    [InlineData("arrows")]
    [InlineData("parquet")]
    public async Task A_second_run_with_equal_options_does_nothing(string extension)
    {
        var input = await Source(extension);
        var output = At("out." + extension);
        (await Shout(input, output, "!")).ShouldBe(2);
        (await Shout(input, output, "!")).ShouldBeNull();
        said[^1].ShouldContain("up to date");
        (await Shout(input, output, "?")).ShouldBe(2);
        said[^1].ShouldContain("mark was \"!\", now \"?\"");
        (await Shout(input, output, "?", force: true)).ShouldBe(2);
        (await Texts(output)).ShouldBe(["a?", "b?"]);
    }

    [Fact]
    public async Task A_changed_input_makes_the_output_anew()
    {
        var input = await Source("arrow");
        await Shout(input, At("out.arrow"), "!");
        await Source("arrow", "c");
        (await Shout(input, At("out.arrow"), "!")).ShouldBe(1);
        (await Texts(At("out.arrow"))).ShouldBe(["c!"]);
    }

    [Fact]
    public async Task The_chain_grows_by_one_receipt_a_stage_and_links_digests()
    {
        var input = await Source("arrow");
        await Shout(input, At("1.arrow"), "!");
        await Shout(At("1.arrow"), At("2.arrows"), "?");
        var chain = await Chain.OfFileAsync(At("2.arrows"));
        chain.Select(receipt => receipt.Tool).ShouldBe(["shout", "shout"]);
        chain[1].Inputs.ShouldBe([chain[0].Rows!]);
        await using var reader = await Table.OpenAsync(At("2.arrows"));
        (await RowDigest.OfAsync(reader)).ShouldBe((chain[1].Rows!, chain[1].Count!.Value));
    }

    [Fact]
    public async Task On_a_pipe_the_result_is_known_before_the_rows_are()
    {
        var input = await Source("arrow");
        for (var round = 0; round < 2; round++)
        {
            var (one, two) = (new MemoryStream(), new MemoryStream());
            await Run(new StageFiles { Input = input, OutputStream = one }, "!");
            await Run(new StageFiles { Input = DataSource.Once(new MemoryStream(one.ToArray())), OutputStream = two }, "?");
            var rows = await Run(new StageFiles { Input = DataSource.Once(new MemoryStream(two.ToArray())), Output = At("end.arrow") }, ".");
            rows.ShouldBe(round == 0 ? 2 : null);
        }
        (await Texts(At("end.arrow"))).ShouldBe(["a!?.", "b!?."]);
        var chain = await Chain.OfFileAsync(At("end.arrow"));
        chain.Count.ShouldBe(3);
        (chain[1].Inputs[0], chain[2].Inputs[0]).ShouldBe((chain[0].Rows, chain[1].Rows));
    }

    [Fact]
    public async Task A_cache_serves_other_places_and_pipes()
    {
        var input = await Source("arrow");
        (await Shout(input, At("1.arrow"), "!", cache: true)).ShouldBe(2);
        (await Shout(input, At("2.jsonl"), "!", cache: true)).ShouldBeNull();
        (await Texts(At("2.jsonl"))).ShouldBe(["a!", "b!"]);

        var (one, two, three) = (new MemoryStream(), new MemoryStream(), new MemoryStream());
        (await Run(new StageFiles { Input = input, OutputStream = one, Cache = At("cache") }, "!")).ShouldBeNull();
        var pending = new MemoryStream();
        await Run(new StageFiles { Input = input, OutputStream = pending }, "!");
        (await Run(new StageFiles { Input = DataSource.Once(new MemoryStream(pending.ToArray())), OutputStream = two, Cache = At("cache") }, "?"))
            .ShouldBe(2);
        (await Run(new StageFiles { Input = DataSource.Once(new MemoryStream(pending.ToArray())), OutputStream = three, Cache = At("cache") }, "?"))
            .ShouldBeNull();
        await using var reader = await Table.OpenAsync(new MemoryStream(three.ToArray()));
        await foreach (var batch in reader.ReadBatchesAsync()) batch.Columns[0].Text(0).ShouldBe("a!?");
    }

    [Fact]
    public async Task A_damaged_cache_entry_is_removed_and_the_stage_runs()
    {
        var input = await Source("arrow");
        await Shout(input, At("1.arrow"), "!", cache: true);
        var entry = Directory.EnumerateFiles(At("cache"), "*.arrow", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(entry);
        for (var i = 0; i < bytes.Length; i++) if (bytes[i] == 'b' && bytes[i + 1] == '!') bytes[i] = (byte)'x';
        File.WriteAllBytes(entry, bytes);
        (await Shout(input, At("2.arrow"), "!", cache: true)).ShouldBe(2);
        (await Texts(At("2.arrow"))).ShouldBe(["a!", "b!"]);
    }

    [Fact]
    public async Task A_stage_that_stops_early_still_names_the_whole_input()
    {
        var stream = new MemoryStream();
        await using (var writer = Table.Create(stream, TableFormat.ArrowStream, Column))
        {
            foreach (var text in new[] { "a", "b", "c" }) await writer.WriteAsync(Batch(text));
            await writer.FinishAsync();
        }
        var stage = new Stage("first", 1);
        await using (var run = await StageRun.BeginAsync(stage,
            new StageFiles { Input = DataSource.Once(new MemoryStream(stream.ToArray())), Output = At("first.arrow") }))
        {
            await using var writer = run.Create(run.Input.Schema);
            await foreach (var batch in run.Input.ReadBatchesAsync())
            {
                await writer.WriteAsync(batch);
                break;
            }
            await writer.FinishAsync();
        }
        await using var whole = await Table.OpenAsync(new MemoryStream(stream.ToArray()));
        (await Chain.OfFileAsync(At("first.arrow")))[0].Inputs.ShouldBe([(await RowDigest.OfAsync(whole)).Digest]);
    }

    static Schema Column { get; } = new([new("text", DataType.Utf8)]);

    static ColumnBatch Batch(params string[] texts) => new(Column, [Utf8Column.Of(texts)]);

    string At(string name) => Path.Combine(folder, name);

    async Task<string> Source(string extension, params string[] texts)
    {
        await using var writer = Table.Create(At("in." + extension), Column);
        await writer.WriteAsync(Batch(texts.Length > 0 ? texts : ["a", "b"]));
        await writer.FinishAsync();
        return At("in." + extension);
    }

    Task<long?> Shout(string input, string output, string mark, bool force = false, bool cache = false) =>
        Run(new StageFiles { Input = input, Output = output, Force = force, Explain = true, Cache = cache ? At("cache") : null }, mark);

    // Appends a mark to each text; returns the rows written, or null when there was nothing to do.
    async Task<long?> Run(StageFiles files, string mark)
    {
        var stage = new Stage("shout", 1) { Options = new() { ["mark"] = mark }, Seed = 7 };
        await using var run = await StageRun.BeginAsync(stage, files with { Say = said.Add });
        if (run.Done) return null;
        long rows = 0;
        await using var writer = run.Create(run.Input.Schema);
        await foreach (var batch in run.Input.ReadBatchesAsync())
        {
            rows += batch.Rows;
            await writer.WriteAsync(Batch([.. Enumerable.Range(0, batch.Rows).Select(i => batch.Columns[0].Text(i) + mark)]));
        }
        await writer.FinishAsync();
        return rows;
    }

    static async Task<string[]> Texts(string path)
    {
        await using var reader = await Table.OpenAsync(path);
        var texts = new List<string>();
        await foreach (var batch in reader.ReadBatchesAsync()) texts.AddRange(Enumerable.Range(0, batch.Rows).Select(i => batch.Columns[0].Text(i)!));
        return [.. texts];
    }
}

using Anit.Data;
using Shouldly;

namespace Anit.Noise.Tests;

public sealed class TableTests
{
    static readonly TableColumns Columns = new();

    static ColumnBatch Rows(int count)
    {
        var options = new ListBuilder(DataType.Utf8);
        for (var i = 0; i < count; i++) options.Append(["Positive", "Negative"]);
        var schema = new Schema([new("id", DataType.Utf8), new("instruction", DataType.Dictionary), new("options", DataType.ListOf(DataType.Utf8)),
            new("extra", DataType.Utf8)]);
        var instruction = new DictionaryBuilder();
        for (var i = 0; i < count; i++)
            instruction.Append(i % 3 == 0 ? "give the positive or negative answer" : "say  what\nthe text says, in one word of the list");
        return new(schema, [Utf8Column.Of(Ids(count)), instruction.Build(), options.Build(), Utf8Column.Of(Ids(count))]);

        static IEnumerable<string> Ids(int n) => Enumerable.Range(0, n).Select(i => $"row{i}");
    }

    static NoiseTransform Stage(Schema schema, INoise? noise = null, bool again = false) =>
        new(schema, Columns, () => new([new(noise ?? new Replace(Vocabulary.English, new(0.3m)))], 42), again: again);

    static async Task<List<string?>> Noised(ColumnBatch rows, int batch, int threads)
    {
        var stage = Stage(rows.Schema);
        var texts = new List<string?>();
        await foreach (var (made, _) in Ordered.MapAsync(Batches(rows, batch), stage.Apply, threads))
            for (var i = 0; i < made.Rows; i++) texts.Add(made["noisy_instruction"].Text(i));
        return texts;
    }

    static async IAsyncEnumerable<NoiseTask> Batches(ColumnBatch rows, int size)
    {
        for (var first = 0; first < rows.Rows; first += size)
        {
            var batch = rows.Slice(first, Math.Min(size, rows.Rows - first));
            yield return new(batch, first, [.. Enumerable.Range(first, batch.Rows).Select(i => i % 2 == 0)]);
        }
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Batches_and_threads_change_nothing()
    {
        var rows = Rows(500);
        var whole = await Noised(rows, 500, 1);
        foreach (var (batch, threads) in new[] { (1, 1), (7, 4), (100, 2), (499, 16) }) (await Noised(rows, batch, threads)).ShouldBe(whole);
        whole.Where((_, i) => i % 2 == 1).ShouldAllBe(t => t == null);
    }

    [Fact]
    public void Columns_are_as_designed_and_others_stay_in_place()
    {
        var rows = Rows(10);
        var stage = Stage(rows.Schema);
        stage.Schema.ToString().ShouldBe("id: utf8, instruction: dictionary<i32,utf8>, options: list<utf8>, extra: utf8, noisy_instruction: utf8, "
            + "noise: dictionary<i32,utf8>, omega: f64, edits: i32, unchanged: bool");
        var (made, tally) = stage.Apply(new(rows, 0, [true, false, true, true, true, true, true, true, true, true]));
        made["extra"].ShouldBeSameAs(rows["extra"]);
        made["instruction"].ShouldBeSameAs(rows["instruction"]);
        (made["noise"].Text(0), made["omega"].Number(0), made["edits"].Integer(0), made["unchanged"].Flag(0)).ShouldBe(("replace", 0.3, 2, false));
        new[] { "noisy_instruction", "noise", "omega", "edits", "unchanged" }.ShouldAllBe(c => made[c].IsNull(1));
        (tally.Rows, tally.Noisy, tally.Unchanged).ShouldBe((10, 9, 0));
    }

    [Fact]
    public void Options_of_the_row_are_taboo()
    {
        var rows = Rows(200);
        var words = new Vocabulary(["positive", "Negative", "alpha", "beta", "gamma", "delta", "epsilon", "zeta"]);
        var (made, _) = Stage(rows.Schema, new Insert(words, new(0.3m))).Apply(new(rows, 0, [.. Enumerable.Repeat(true, 200)]));
        for (var i = 0; i < 200; i++)
        {
            var added = made["noisy_instruction"].Text(i)!.Split(' ').Except(rows["instruction"].Text(i)!.Split(' '));
            added.ShouldNotContain("Negative");
            added.Where(w => w == "positive").ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_missing_or_repeated_column_is_named()
    {
        var schema = Rows(1).Schema;
        Should.Throw<DataFormatException>(() => new NoiseTransform(schema, new("prompt"), null!)).Message.ShouldBe("no column \"prompt\"; there is "
            + "id, instruction, options, extra; name the column to make noisy with --column");
        Should.Throw<DataFormatException>(() => new NoiseTransform(schema, new("instruction", "key"), null!)).Message.ShouldContain("--id");
        Should.Throw<DataFormatException>(() => new NoiseTransform(schema, new("options"), null!)).Message.ShouldContain(
            "is list<utf8>, expected text");
        Should.Throw<DataFormatException>(() => Stage(Stage(schema).Schema)).Message.ShouldContain("noisy already");
        Should.Throw<DataFormatException>(() => new ScoreTransform(Columns, BetaScope.Dataset)
            .Check(schema)).Message.ShouldContain("anit-noise first");
    }

    [Fact]
    public void Noise_drawn_again_takes_the_place_of_the_old()
    {
        var schema = ScoreTransform.SchemaOf(Stage(Rows(1).Schema).Schema).WithMetadata(DistortionFacts.Key, "{}");
        var again = Stage(schema, again: true).Schema;
        again.SameColumns(Stage(Rows(1).Schema).Schema).ShouldBeTrue();
        again.Metadata.ContainsKey(DistortionFacts.Key).ShouldBeFalse();
    }

    [Fact]
    public void A_column_of_the_users_own_is_never_replaced_by_a_score_or_dropped_with_noise()
    {
        var noisy = Stage(Rows(1).Schema).Schema;
        var own = noisy.Append(new("distance", DataType.Utf8));
        Should.Throw<DataFormatException>(() => new ScoreTransform(Columns, BetaScope.Dataset).Check(own)).Message
            .ShouldBe("column \"distance\" is there already, and the table does not say that anit-score wrote it; rename it, or replace it "
                + "with --again");
        new ScoreTransform(Columns, BetaScope.Dataset, again: true).Check(own);
        new ScoreTransform(Columns, BetaScope.Dataset).Check(ScoreTransform.SchemaOf(noisy).WithMetadata(DistortionFacts.Key, "{}"));
        Stage(own, again: true).Schema.Has("distance").ShouldBeTrue();
        Stage(ScoreTransform.SchemaOf(noisy), again: true).Schema.Has("distance").ShouldBeFalse(); // as JSONL, which has no metadata
    }

    [Fact]
    public void A_null_instruction_is_bad_data_and_names_its_row()
    {
        var schema = new Schema([new("id", DataType.Utf8), new("instruction", DataType.Utf8)]);
        var rows = new ColumnBatch(schema, [Utf8Column.Of(["a", "b"]), Utf8Column.Of(["text", null])]);
        Should.Throw<DataFormatException>(() => Stage(schema).Apply(new(rows, 100, [true, true]))).Message.ShouldBe("row 101: column \"instruction\" "
            + "is null, expected text");
    }

    [Theory]
    [InlineData(BetaScope.Dataset)]
    [InlineData(BetaScope.Row)]
    public void Scores_of_noisy_rows_stand_beside_zero_beta_for_clean_ones(BetaScope scope)
    {
        var schema = new Schema([new("instruction", DataType.Utf8), new("noisy_instruction", DataType.Utf8), new("beta", DataType.Int32),
            new("last", DataType.Bool)]);
        string[] noisy = ["x b c d e f g h i j k l", "x y z d e f g h i j k l"];
        const string Clean = "a b c d e f g h i j k l";
        var rows = new ColumnBatch(schema, [Utf8Column.Of([Clean, Clean, Clean]), Utf8Column.Of([noisy[0], null, noisy[1]]), Ints(3), Bools(3)]);
        var (stage, scoring) = (new ScoreTransform(Columns, scope), new RbeScoring(Normalization.MinMax));
        scoring.Look(stage.Pairs(rows, 0));
        var facts = scoring.Facts(scope);
        var made = stage.Apply(rows, 0, scoring, facts.Beta);
        made.Schema.ToString().ShouldBe("instruction: utf8, noisy_instruction: utf8, beta: f64 not null, last: bool, distance: i32, distortion: f64");
        Enumerable.Range(0, 3).Select(i => made["distance"].Integer(i)).ShouldBe([1, null, 3]);
        Enumerable.Range(0, 3).Select(i => made["distortion"].Number(i)).ShouldBe([0.0, null, 1.0]);
        Enumerable.Range(0, 3).Select(i => made["beta"].Number(i)).ShouldBe(scope == BetaScope.Row ? [0.0, 0.0, 1.0] : [0.5, 0.0, 0.5]);
        (facts.Rows, facts.Sum, facts.Min, facts.Max, facts.Degenerate).ShouldBe((2, 4, 1, 3, false));

        static Column Ints(int n)
        {
            var b = new FixedBuilder<int>(DataType.Int32);
            for (var i = 0; i < n; i++) b.Append(i);
            return b.Build();
        }
        static Column Bools(int n)
        {
            var b = new BoolBuilder();
            for (var i = 0; i < n; i++) b.Append(true);
            return b.Build();
        }
    }

    [Fact]
    public void Facts_survive_their_JSON_and_foreign_JSON_is_refused()
    {
        var rbe = new DistortionFacts { Method = "rbe", Beta = 0.4375, Rows = 4, Scope = BetaScope.Dataset, Normalize = Normalization.MinMax,
            Sum = 22, Min = 2, Max = 10 };
        rbe.ToJson().ShouldBe(
            "{\"beta\":0.4375,\"d_max\":10,\"d_min\":2,\"method\":\"rbe\",\"n\":4,\"normalize\":\"minmax\",\"scope\":\"dataset\",\"sum_d\":22}");
        DistortionFacts.FromJson(rbe.ToJson()).ShouldBe(rbe);
        rbe.ToScale().Of(new(6, 9, 9)).ShouldBe(0.5);
        var lme = new DistortionFacts { Method = "lme", Beta = 0.1, Rows = 2, Scope = BetaScope.Row, DistortionSum = 0.2,
            Embedder = "vectors@00,2d" };
        DistortionFacts.FromJson(lme.ToJson()).ShouldBe(lme);
        Should.Throw<InvalidDataException>(() => lme.ToScale());
        Should.Throw<InvalidDataException>(() => (rbe with { Normalize = Normalization.Rank }).ToScale());
        foreach (var bad in new[] { "", "[]", "{}", "{\"method\":\"rbe\",\"beta\":\"x\"}" })
            Should.Throw<InvalidDataException>(() => DistortionFacts.FromJson(bad));
    }

    [Fact]
    public async Task A_failing_batch_ends_the_work_with_its_error()
    {
        var error = await Should.ThrowAsync<InvalidDataException>(async () =>
        {
            await foreach (var _ in Ordered.MapAsync(Numbers(), i => i == 30 ? throw new InvalidDataException("thirty") : i, 4)) { }
        });
        error.Message.ShouldBe("thirty");

        static async IAsyncEnumerable<int> Numbers()
        {
            for (var i = 0; i < 100; i++) yield return i;
            await Task.CompletedTask;
        }
    }

    [Fact]
    public async Task The_next_item_is_fetched_while_the_caller_works_on_a_result()
    {
        const int Threads = 2, Window = 2 * Threads;
        using var full = new ManualResetEventSlim();
        var next = new TaskCompletionSource();
        var seen = new List<int>();
        await foreach (var item in Ordered.MapAsync(Numbers(), item => { full.Wait(); return item; }, Threads))
        {
            if (seen.Count == 0) await next.Task.WaitAsync(TimeSpan.FromMinutes(1));
            seen.Add(item);
        }
        seen.ShouldBe(Enumerable.Range(0, Window + 1));

        async IAsyncEnumerable<int> Numbers()
        {
            for (var i = 0; i <= Window; i++)
            {
                if (i == Window - 1) full.Set(); // no result before the window is full
                if (i == Window) next.SetResult();
                yield return i;
            }
            await Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_caller_that_leaves_lets_the_items_end()
    {
        var ended = false;
        await foreach (var _ in Ordered.MapAsync(Numbers(), item => item, 2)) break;
        ended.ShouldBeTrue();

        async IAsyncEnumerable<int> Numbers()
        {
            try
            {
                for (var i = 0; i < 100; i++) yield return i;
                await Task.CompletedTask;
            }
            finally
            {
                ended = true;
            }
        }
    }

    [Fact]
    public void A_vocabulary_from_texts_has_letter_words_once_in_any_order()
    {
        var (a, b) = (new VocabularyBuilder(1, most: 5), new VocabularyBuilder(1, most: 5));
        string[] texts = ["The cat, the DOG.", "dog x1 42 bird", "fish and fowl (mouse)"];
        foreach (var t in texts) a.Add(System.Text.Encoding.UTF8.GetBytes(t));
        foreach (var t in texts.Reverse()) b.Add(System.Text.Encoding.UTF8.GetBytes(t));
        a.Build("a").All.ShouldBe(b.Build("b").All);
        a.Build("a").All.Count.ShouldBe(5);
        string[] all = ["the", "cat", "dog", "bird", "fish", "and", "fowl", "mouse"];
        a.Build("a").All.ShouldAllBe(w => all.Contains(w));
    }
}

using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

public sealed class GeneratorTests : IDisposable
{
    readonly Checkpoint checkpoint = new(Checkpoint.Small);
    readonly int[][] prompts = [.. new[] { 5, 1, 40, 17, 5, 33, 2, 9, 9, 64 }.Select((n, i) => Numbers.Tokens(n, 61, (ulong)i))];

    public void Dispose() => checkpoint.Dispose();

    [Fact]
    public void A_cache_gives_the_tokens_of_full_forward_passes()
    {
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0.1));
        var written = new Generator(model).Greedy(prompts, 12, new HashSet<int>(), batch: 4);
        using var quiet = no_grad();
        for (var i = 0; i < prompts.Length; i++) written[i].ShouldBe(Slowly(model, prompts[i], 12), $"prompt {i}");
        model.IsMerged.ShouldBeFalse("the generator leaves the model as it found it");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Batches_do_not_change_the_answers(int batch)
    {
        using var model = checkpoint.Load();
        var one = new Generator(model).Greedy(prompts, 8, new HashSet<int>());
        var other = new Generator(model).Greedy(prompts, 8, new HashSet<int>(), batch);
        for (var i = 0; i < prompts.Length; i++) other[i].ShouldBe(one[i]);
    }

    [Fact]
    public void An_answer_ends_before_its_stop_token()
    {
        using var model = checkpoint.Load();
        var free = new Generator(model).Greedy(prompts, 10, new HashSet<int>());
        var stops = free.Select(a => a[4]).Take(3).ToHashSet();

        var stopped = new Generator(model).Greedy(prompts, 10, stops, batch: 4);

        for (var i = 0; i < prompts.Length; i++) stopped[i].ShouldBe(free[i].TakeWhile(t => !stops.Contains(t)).ToArray(), $"prompt {i}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    [InlineData(30)]
    public void A_common_beginning_computed_once_gives_the_same_answers(int? window)
    {
        using var windowed = new Checkpoint(Checkpoint.Small with
        {
            ModelType = "mistral", SlidingWindow = window, SlidingLayers = window is null ? [] : [true, true],
        });
        using var model = windowed.Load();
        var instruction = Numbers.Tokens(70, 61, 99);
        int[][] begun = [.. Enumerable.Range(0, 20).Select(i => (int[])[.. instruction, .. Numbers.Tokens(1 + i % 9, 61, (ulong)i)]), prompts[9],
            instruction[..^1], [3]];
        PromptGroup.Of(begun).Select(g => (g.Shared, g.Members.Length)).ShouldBe([(68, 21), (0, 2)], ignoreOrder: true);

        var written = new Generator(model).Greedy(begun, 9, new HashSet<int>(), batch: 8);

        using var quiet = no_grad();
        for (var i = 0; i < begun.Length; i++) written[i].ShouldBe(Slowly(model, begun[i], 9), $"prompt {i}");
    }

    [Fact]
    public void Prompts_are_grouped_where_that_saves_the_most_tokens()
    {
        int[] Begun(ulong instruction, int shared, int i) => [.. Numbers.Tokens(shared, 61, instruction), i / 61, i % 61, 7, i];
        int[][] mixed = [.. Enumerable.Range(0, 90)
            .Select(i => (i % 3) switch { 0 => Begun(1, 60, i), 1 => Begun(2, 80, i), _ => Numbers.Tokens(40, 61, (ulong)(1000 + i)) })];

        var groups = PromptGroup.Of(mixed);

        groups.SelectMany(g => g.Members).Order().ShouldBe(Enumerable.Range(0, 90));
        groups.Select(g => g.Shared / 10).Order().ShouldBe([0, 6, 8]);
        groups.ShouldAllBe(g =>
            g.Members.All(m => mixed[m].Length > g.Shared && mixed[m].Take(g.Shared).SequenceEqual(mixed[g.Members[0]].Take(g.Shared))));
        PromptGroup.Of([[5], [5]]).Select(g => g.Shared).ShouldBe([0]);
        PromptGroup.Of([]).ShouldBeEmpty();
    }

    [Fact]
    public void Each_prompt_may_have_a_length_of_its_own()
    {
        using var model = checkpoint.Load();
        var free = new Generator(model).Greedy(prompts, 10, new HashSet<int>());
        int[] most = [3, 0, 10, 1, 7, 2, 2, 9, 0, 4];

        var written = new Generator(model).Greedy(prompts, most, new HashSet<int>(), batch: 5);

        for (var i = 0; i < prompts.Length; i++) written[i].ShouldBe(free[i][..most[i]], $"prompt {i}");
    }

    [Fact]
    public void Progress_is_told()
    {
        using var model = checkpoint.Load();
        var told = new List<int>();
        new Generator(model).Greedy(prompts, 5, new HashSet<int>(), batch: 4, done: told.Add);
        told.ShouldBe([4, 8, 10]);
        new Generator(model).Greedy(prompts, 0, new HashSet<int>()).ShouldAllBe(a => a.Length == 0);
    }

    [Theory]
    [InlineData(1, 61)]
    [InlineData(7, 61)]
    [InlineData(40, 5000)]
    public void The_likeliest_words_are_those_of_the_logits(int rows, int vocabulary)
    {
        using var large = new Checkpoint(Checkpoint.Small with { VocabSize = vocabulary });
        using var model = large.Load();
        using var scope = NewDisposeScope();
        var hidden = Init.Normal(1).Make([rows, 24], 3);
        GreedyArgmax.Of(model, hidden).ShouldBe(model.Logits(hidden).argmax(-1).data<long>().ToArray().Select(w => (int)w));
    }

    static int[] Slowly(CausalLm model, int[] prompt, int count)
    {
        var tokens = prompt.ToList();
        for (var i = 0; i < count; i++)
        {
            using var scope = NewDisposeScope();
            using var batch = new PackedBatch([tokens.ToArray()]);
            var last = tensor(new long[] { tokens.Count - 1 });
            tokens.Add((int)model.Logits(model.Hidden(batch, at: last)).argmax().item<long>());
        }
        return [.. tokens.Skip(prompt.Length)];
    }
}

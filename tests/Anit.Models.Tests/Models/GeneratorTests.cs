using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests;

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

    [Fact]
    public void Progress_is_told()
    {
        using var model = checkpoint.Load();
        var told = new List<int>();
        new Generator(model).Greedy(prompts, 5, new HashSet<int>(), batch: 4, done: told.Add);
        told.ShouldBe([4, 8, 10]);
        new Generator(model).Greedy(prompts, 0, new HashSet<int>()).ShouldAllBe(a => a.Length == 0);
    }

    static int[] Slowly(CausalLm model, int[] prompt, int count)
    {
        var tokens = prompt.ToList();
        for (var i = 0; i < count; i++)
        {
            using var scope = NewDisposeScope();
            using var batch = new Packed([tokens.ToArray()]);
            var last = tensor(new long[] { tokens.Count - 1 });
            tokens.Add((int)model.Logits(model.Hidden(batch, at: last)).argmax().item<long>());
        }
        return [.. tokens.Skip(prompt.Length)];
    }
}

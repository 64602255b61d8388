using Shouldly;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>Counts live tensors in the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(LeakTests))]
public sealed class LeakTests
{
    static readonly int[][] Sequences = [.. new[] { 5, 1, 90, 17 }.Select((n, i) => Numbers.Tokens(n, 61, (ulong)i))];

    [Theory]
    [InlineData(Tune.Lora)]
    [InlineData(Tune.Full)]
    public void A_training_step_leaves_no_tensor_behind(Tune tune)
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        using var model = checkpoint.Load(new(tune) { Lora = tune == Tune.Lora ? new(3, 6, 0.1) : null });
        model.Dropout.Enabled = true;
        Step(model);
        var before = Tensor.TotalCount;
        for (var i = 0; i < 3; i++) Step(model);
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void Generating_leaves_no_tensor_behind()
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0));
        new Generator(model).Greedy(Sequences, 3, new HashSet<int>());
        var before = Tensor.TotalCount;
        new Generator(model).Greedy(Sequences, 9, new HashSet<int>(), batch: 3);
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void A_disposed_model_leaves_no_tensor_behind()
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        var made = Tensor.TotalCount;
        new Parameter(zeros([1])).Dispose();
        var uncounted = Tensor.TotalCount - made; // TorchSharp goes on counting the tensor that a parameter empties: one; ours none
        var (before, parameters) = (Tensor.TotalCount, 0);
        using (var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0)))
        {
            parameters += model.Trained.Count;
            Step(model);
            model.Merge();
        }
        using (var model = checkpoint.Load(new(Tune.Full))) parameters += model.Trained.Count;
        File.Delete(Path.Combine(checkpoint.Folder, "model.safetensors"));
        Should.Throw<FileNotFoundException>(() => checkpoint.Load());
        Tensor.TotalCount.ShouldBe(before + uncounted * parameters);
    }

    static void Step(CausalLm model)
    {
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);
        var loss = model.Loss(model.Hidden(batch, at: tensor(new long[] { 3, 4 })), tensor(new long[] { 1, 2 }));
        loss.backward();
        foreach (var (_, value) in model.Trained) value.grad = null;
    }
}

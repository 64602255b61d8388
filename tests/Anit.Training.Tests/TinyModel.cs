using Anit.Models;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>A small LLaMA folder with random weights and rows to train it on; deleted after the test.</summary>
sealed class TinyModel : IDisposable
{
    public const int Vocabulary = 50, Channels = 16;

    public TinyModel()
    {
        var config = new ModelConfig
        {
            ModelType = "llama", VocabSize = Vocabulary, HiddenSize = Channels, IntermediateSize = 24, NumHiddenLayers = 2,
            NumAttentionHeads = 4, NumKeyValueHeads = 2, HeadDim = 4, InitializerRange = 0.3,
        };
        File.WriteAllText(Path.Combine(Folder, "config.json"), config.ToJson());
        using var model = CausalLm.Load(Folder, new(Tune.Full) { RandomInit = true, Seed = 1 });
        ModelFolder.Save(Folder, model);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("anit-training-").FullName;

    /// <summary>A LoRA model whose B is not zero, so that all its gradients are alive.</summary>
    public CausalLm Lora(double dropout = 0)
    {
        var model = CausalLm.Load(Folder, new(Tune.Lora) { Lora = new(4, 8, dropout) });
        using var quiet = no_grad();
        foreach (var (name, value) in model.Trained)
        {
            var numbers = new float[value.numel()];
            CounterRandom.Fill(numbers, CounterRandom.Key(3, 0, name, "test"));
            using var filled = tensor(numbers, value.shape);
            value.copy_(filled * 0.2);
        }
        return model;
    }

    public CausalLm Full() => CausalLm.Load(Folder, new(Tune.Full));

    /// <summary>Rows of various lengths, every third one clean.</summary>
    public static Example[] Rows(int count, double beta = 0.25) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Example(
            $"row/{i}", Ids(i, 6 + i * 5 % 11), Ids(i + 1000, 1 + i % 4), 1, 4, i % 3 == 0 ? 0 : beta, i % 3 != 0)),
    ];

    static int[] Ids(int stream, int count) =>
        [.. Enumerable.Range(0, count).Select(n => (int)(CounterRandom.Word((ulong)stream, (ulong)n) % Vocabulary))];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>Gradients as arrays, and how far apart two sets of them are.</summary>
static class Gradients
{
    /// <summary>Runs an attack once and takes the gradients it left.</summary>
    public static (float[][] Values, StepReport Report) Of(CausalLm model, IAttack attack, Example[] rows, int microBatch = 100, ulong seed = 7)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, value) in model.Trained) value.grad = null;
        StepReport? report = null;
        foreach (var micro in rows.Chunk(microBatch))
        {
            using var batch = new MicroBatch(micro, epoch: 0, CPU);
            report = attack.Run(new(model, batch, 1.0 / rows.Sum(r => r.Answer.Length), seed, dropoutKey: 99)).Read();
        }
        return ([.. model.Trained.Select(t => t.Value.grad is { } g ? g.data<float>().ToArray() : [])], report!);
    }

    /// <summary>‖a − b‖ / ‖b‖ over all parameters.</summary>
    public static double Distance(float[][] a, float[][] b, double scale = 1) =>
        Math.Sqrt(a.Zip(b, (x, y) => x.Zip(y, (p, q) => Math.Pow(p - scale * q, 2)).Sum()).Sum() / b.Sum(y => y.Sum(q => Math.Pow(scale * q, 2))));
}

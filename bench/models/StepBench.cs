using Anit.Models;
using Anit.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Bench;

/// <summary>One training step of a real model, next to its bare products in the same run: LoRA r 16 on seven layers, 8 sequences of 75 tokens, 4 of
/// them answers.</summary>
/// <param name="folder">A model folder.</param>
/// <param name="dtype">Element type of the weights.</param>
/// <param name="threads">Threads.</param>
sealed class StepBench(string folder, ScalarType dtype, int threads)
{
    const int Rows = 8, Prompt = 71, Answer = 4, Rank = 16;

    /// <summary>Prints processor and wall milliseconds, medians of rounds that take turns, and peak memory as it grows.</summary>
    public void Run(int rounds)
    {
        set_num_threads(threads);
        using var model = CausalLm.Load(folder, new(Tune.Lora) { Dtype = dtype, Lora = new(Rank, Rank, 0) });
        var examples = Examples(model.Config.VocabSize);
        (string Name, Action Work)[] works =
        [
            ("plain", () => Attack(model, examples, new Plain())),
            ("nrm", () => Attack(model, examples, new NoiseResponse())),
            ("plain, layers recomputed", () => Recomputed(model, examples)),
            ("plain, operation by operation", () => Unfused(model, examples, new Plain())),
            ("nrm, operation by operation", () => Unfused(model, examples, new NoiseResponse())),
            ("products of base and head", Products(model.Config, null, Rows * (Prompt + Answer - 1), Rows * Answer)),
            ("products, updates' too", Products(model.Config, new(Rank, Rank, 0), Rows * (Prompt + Answer - 1), Rows * Answer)),
        ];
        Console.WriteLine($"{Path.GetFileName(folder)}, {dtype}, {threads} threads, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        foreach (var (name, work) in works) // warm, and what each adds to the peak
        {
            for (var i = 0; i < 3; i++) work();
            Console.WriteLine($"{name,-32}peak {PeakMegabytes(),6} MB");
        }
        var times = works.ToDictionary(w => w.Name, _ => (Cpu: new List<double>(), Wall: new List<double>()));
        for (var round = 0; round < rounds; round++)
            foreach (var (name, work) in works)
            {
                var (cpu, wall) = (Environment.CpuUsage.TotalTime, System.Diagnostics.Stopwatch.StartNew());
                work();
                times[name].Cpu.Add((Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
                times[name].Wall.Add(wall.Elapsed.TotalMilliseconds);
            }
        var floor = times["products, updates' too"];
        Console.WriteLine($"{"",-32}{"cpu ms",8}{"wall ms",9}{"of products",13}");
        foreach (var (name, (cpu, wall)) in times)
            Console.WriteLine($"{name,-32}{Least(cpu),8:F0}{Least(wall),9:F0}{Least(cpu) / Least(floor.Cpu),13:F2}");
    }

    /// <summary>8 sequences of 75 tokens, 4 of them answers.</summary>
    public static Example[] Examples(int vocabulary) => [.. Enumerable.Range(0, Rows).Select(i => Of(i, vocabulary))];

    static Example Of(int row, int vocabulary)
    {
        var tokens = Enumerable.Range(0, Prompt + Answer).Select(t => 3 + (row * 104_729 + t * 7919 + t * t * 31) % (vocabulary - 3)).ToArray();
        return new($"{row}", tokens[..Prompt], tokens[Prompt..], 0, 20, 0.2, true);
    }

    static void Attack(CausalLm model, Example[] examples, IAttack attack)
    {
        using var scope = NewDisposeScope();
        using var batch = new MicroBatch(examples, 0, CPU);
        attack.Run(new(model, batch, 1.0 / (Rows * Answer), 1, 1));
        foreach (var (_, value) in model.Trained) value.grad = null;
    }

    static void Unfused(CausalLm model, Example[] examples, IAttack attack)
    {
        model.Unfused = true;
        Attack(model, examples, attack);
        model.Unfused = false;
    }

    static void Recomputed(CausalLm model, Example[] examples)
    {
        model.Checkpointing = true;
        Attack(model, examples, new Plain());
        model.Checkpointing = false;
    }

    /// <summary>Forward, gradient of the input, and for updates those of A and B; the first layer's inputs need none.</summary>
    /// <remarks>What is multiplied is made at once; the result computes the products, again and again.</remarks>
    public static Action Products(ModelConfig c, LoraOptions? lora, int tokens, int answers)
    {
        (string Name, int In, int Out)[] layers =
        [
            ("q_proj", c.HiddenSize, c.NumAttentionHeads * c.HeadDim), ("k_proj", c.HiddenSize, c.NumKeyValueHeads * c.HeadDim),
            ("v_proj", c.HiddenSize, c.NumKeyValueHeads * c.HeadDim), ("o_proj", c.NumAttentionHeads * c.HeadDim, c.HiddenSize),
            ("gate_proj", c.HiddenSize, c.IntermediateSize), ("up_proj", c.HiddenSize, c.IntermediateSize),
            ("down_proj", c.IntermediateSize, c.HiddenSize),
        ];
        var rank = lora?.Rank ?? 1;
        var work = layers.Select(l => (X: randn(tokens, l.In), Y: randn(tokens, l.Out), W: randn(l.Out, l.In), A: randn(rank, l.In),
            B: randn(l.Out, rank), Z: randn(tokens, rank), Updated: lora is not null && lora.Targets.Contains(l.Name))).ToArray();
        var (hidden, head) = (randn(answers, c.HiddenSize), randn(c.VocabSize, c.HiddenSize));
        return () =>
        {
            using var quiet = no_grad();
            for (var layer = 0; layer < c.NumHiddenLayers; layer++)
                foreach (var (x, y, w, a, b, z, updated) in work)
                {
                    using var one = NewDisposeScope();
                    linear(x, w);
                    if (layer > 0) y.mm(w);
                    if (!updated) continue;
                    linear(linear(x, a), b);
                    y.mm(b).mm(a);
                    y.t().mm(z);
                    z.t().mm(x);
                }
            using var last = NewDisposeScope();
            linear(hidden, head).mm(head);
        };
    }

    static double Least(List<double> values) => values.Min();

    static long PeakMegabytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
}

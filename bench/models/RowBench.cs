using System.Diagnostics;
using System.Globalization;
using Anit.Models;
using Anit.Training;
using static TorchSharp.torch;

namespace Anit.Bench;

/// <summary>What one way of training one shape on some threads costs, measured in a process of its own: peak memory only ever grows.</summary>
/// <param name="Seconds">Of a step.</param>
/// <param name="Cpu">Processor time of a step, all threads.</param>
/// <param name="Thread">Processor time of the thread that waits for the others: an idle machine's clock, whatever the load.</param>
/// <param name="Products">The same of the products alone.</param>
/// <param name="Megabytes">Peak over the weights.</param>
/// <param name="Load">Of the machine, in the middle.</param>
sealed record RowCost(double Seconds, double Cpu, double Thread, double Products, double Megabytes, double Load)
{
    /// <summary>One line that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"cost {Seconds} {Cpu} {Thread} {Products} {Megabytes} {Load}");

    public static RowCost? Parse(string? line) => line?.Split(' ') is ["cost", .. var numbers]
        && Array.ConvertAll(numbers, n => double.Parse(n, CultureInfo.InvariantCulture)) is [var s, var c, var t, var p, var m, var l]
            ? new(s, c, t, p, m, l) : null;
}

/// <summary>Steps of a trainer that take turns with the products that no implementation can do without.</summary>
/// <param name="shape">small (15 M parameters), middle (90 M), or a model folder.</param>
/// <param name="way">A method; with <c>+checkpoint</c> behind it layers are computed twice; with <c>+bfloat16</c> the base is bfloat16.</param>
/// <param name="threads">Threads.</param>
/// <param name="rounds">Steps timed, of which the least counts.</param>
sealed class RowBench(string shape, string way, int threads, int rounds)
{
    const int Warm = 3;

    public RowCost Run()
    {
        set_num_threads(threads);
        var folder = Directory.Exists(shape) ? shape : null;
        var lora = folder is null ? new LoraOptions(8, 16, 0) { Targets = ["q_proj", "k_proj", "v_proj", "o_proj"] } : new LoraOptions(16, 16, 0);
        using var model = Load(folder, lora);
        var examples = folder is null ? Work.Examples : StepBench.Examples(model.Config.VocabSize);
        var (tokens, answers) = (examples.Sum(e => e.Inputs), examples.Sum(e => e.Targets));
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            using var few = new PackedBatch([[1, 2, 3]]);
            model.Logits(model.Hidden(few)); // reads every weight
        }
        var weights = Megabytes("VmRSS");

        model.Checkpointing = way.EndsWith("+checkpoint", StringComparison.Ordinal);
        var options = new TrainOptions
        {
            Attack = AttackKinds.Find(way.Split('+')[0])!.Make(new()), MicroBatch = examples.Length, Accumulate = 1, Epochs = Warm + rounds,
        };
        using var trainer = new Trainer(model, examples, options, CPU);
        double peak = 0, load = 0;
        Action? bare = null; // made when the peak has been taken
        var (steps, products) = (new List<Cost>(), new List<Cost>());
        var start = Cost.Now();
        trainer.Run(_ => { }, (done, _) =>
        {
            if (done > Warm) steps.Add(Cost.Now() - start);
            if (done == Warm) peak = Megabytes("VmHWM");
            if (done == Warm + rounds / 2) load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
            if (done >= Warm)
            {
                bare ??= StepBench.Products(model.Config, lora, tokens, answers);
                var before = Cost.Now();
                bare();
                if (done > Warm) products.Add(Cost.Now() - before);
            }
            start = Cost.Now();
        });
        return new(steps.Min(s => s.Wall), steps.Min(s => s.Cpu), steps.Min(s => s.Thread), products.Min(p => p.Thread), peak - weights, load);
    }

    CausalLm Load(string? folder, LoraOptions lora)
    {
        var dtype = way.EndsWith("+bfloat16", StringComparison.Ordinal) ? ScalarType.BFloat16 : ScalarType.Float32;
        if (folder is not null) return CausalLm.Load(folder, new(Tune.Lora) { Lora = lora, Dtype = dtype });
        var made = Directory.CreateTempSubdirectory("anit-bench-").FullName;
        File.WriteAllText(Path.Combine(made, "config.json"), (shape == "small" ? Work.Config : Work.Middle).ToJson());
        var model = CausalLm.Load(made, new(Tune.Lora) { RandomInit = true, Lora = lora });
        Directory.Delete(made, recursive: true);
        return model;
    }

    static double Megabytes(string name) =>
        double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    readonly record struct Cost(double Wall, double Cpu, double Thread)
    {
        public static Cost Now() => new(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, Environment.CpuUsage.TotalTime.TotalSeconds,
            double.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e9);

        public static Cost operator -(Cost a, Cost b) => new(a.Wall - b.Wall, a.Cpu - b.Cpu, a.Thread - b.Thread);
    }
}

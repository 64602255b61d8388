using System.Text.Json;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>Whole steps of every method against double-precision PyTorch, one sample at a time (tests/oracles/attacks.py): radii above
/// zero, a β for each row, rows of different lengths.</summary>
public sealed class AttackOracleTests
{
    const ulong Seed = 7;
    const double Rate = 0.1, C = 0.8;

    /// <summary>An attack, and the same in the script's words.</summary>
    static readonly (IAttack Attack, object Words)[] Cases =
    [
        (new Plain(), new { method = "plain" }),
        (new Neftune(0.9), new { method = "neftune", alpha = 0.9, scope = "all" }),
        (new Fgm { Epsilon = 0.4, Relative = false, Lambda = 0.7 }, Pgd(1, 0.4, lambda: 0.7)),
        (new Fgm { Epsilon = 0.1, Scope = Scope.Instruction }, Pgd(1, 0.1, relative: true, scope: "instruction")),
        (new Fgsm { Epsilon = 0.03, Relative = false }, Pgd(1, 0.03, norm: "linf")),
        (new Fgsm { Epsilon = 0.1, Scope = Scope.All }, Pgd(1, 0.1, relative: true, norm: "linf", scope: "all")),
        (new Pgd { Epsilon = 0.4, Relative = false, Alpha = 0.2 }, Pgd(3, 0.4, alpha: 0.2)),
        (new Pgd { Epsilon = 0.1, Alpha = 0.04, Steps = 5, Lambda = 0.5 }, Pgd(5, 0.1, relative: true, alpha: 0.04, lambda: 0.5)),
        (new Pgd { Epsilon = 0.05, Relative = false, Alpha = 0.02, Norm = Norm.Linf }, Pgd(3, 0.05, norm: "linf", alpha: 0.02)),
        (new FreeLb { Epsilon = 0.5, Relative = false, Alpha = 0.2, Init = C }, Free("freelb", 0.5, steps: 3, alpha: 0.2)),
        (new FreeLb { Epsilon = 0.1, Steps = 2, Init = 10 }, new { method = "freelb", epsilon = 0.1, relative = true, steps = 2, c = 10 }),
        (new FreeLb { Epsilon = 0.05, Relative = false, Alpha = 0.02, Init = C, Norm = Norm.Linf },
            Free("freelb", 0.05, steps: 3, alpha: 0.02, norm: "linf")),
        (new FreeAt { Epsilon = 0.5, Relative = false, Alpha = 0.3, Init = C, Replays = 4 }, Free("freeat", 0.5, alpha: 0.3, replays: 4)),
        (new NoiseResponse { Epsilon = 0.1 }, Nrm(0.1, Math.Sqrt(3) / 2, "responsive", relative: true)),
        (new NoiseResponse { Epsilon = 0.5, Relative = false, Alpha = 0.2, Init = 10, Radius = Radius.Fixed, Lambda = 0.6 },
            Nrm(0.5, 10, "fixed", alpha: 0.2, lambda: 0.6)),
        (new NoiseResponse { Epsilon = 0.1, TwoPass = true }, Nrm(0.1, Math.Sqrt(3) / 2, "responsive", relative: true, twoPass: true)),
        (NoiseResponse.Preset("paper"), Nrm(1, 10, "fixed", alpha: 1e-3)),
        (NoiseResponse.Preset("early") with { Alpha = 0.5 }, Nrm(1, 10, "none", alpha: 0.5, scope: "all", wholeBatch: true)),
    ];

    [TorchFact]
    public void Losses_perturbations_and_gradients_of_whole_steps_are_PyTorch_s()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        Example[] rows = [.. TinyModel.Rows(5).Select((r, i) => r with { Beta = i % 3 == 0 ? 0 : 0.15 * i })];
        var start = model.Trained.ToDictionary(t => t.Name, t => t.Value.data<float>().ToArray());
        var wanted = TorchOracle.Ask("attacks.py", Question(tiny, model, rows)).EnumerateArray().ToArray();
        for (var i = 0; i < Cases.Length; i++)
        {
            var (attack, name) = (Cases[i].Attack, $"{i}: {Cases[i].Attack}");
            Set(model, start);
            var (gradients, reports) = Run(model, attack, rows);

            var losses = wanted[i].GetProperty("losses").EnumerateArray().Select(l => l.GetDouble()).ToArray();
            reports[0].Loss.ShouldBe(losses[0], 2e-6 * losses[0], name);
            if (attack.Replays == 1) losses.Length.ShouldBe(attack.Passes, name);
            if (reports[^1].Attack is { } measured)
            {
                (measured.LossAtEnd ?? reports[^1].Loss).ShouldBe(losses[^1], 5e-6 * losses[^1], name);
                var norms = wanted[i].GetProperty("norms").EnumerateArray().Select(p => p.EnumerateArray().Sum(n => n.GetDouble())).ToArray();
                // FreeAT's last ascent is for a replay that does not come.
                (attack is FreeAt ? measured.Start : measured.End).ShouldBe(norms[^1], 1e-5 * norms[^1] + 1e-9, name);
            }
            var grads = wanted[i].GetProperty("gradients");
            float[][] theirs = [.. model.Trained.Select(t => grads.GetProperty(t.Name).EnumerateArray().Select(g => (float)g.GetDouble()).ToArray())];
            Gradients.Distance(gradients, theirs).ShouldBeLessThan(1e-5, name);
        }
    }

    // One step; of an attack that replays, all its replays, with plain gradient descent between them.
    static (float[][] Gradients, List<StepReport> Reports) Run(CausalLm model, IAttack attack, Example[] rows)
    {
        using var scope = NewDisposeScope();
        using var batch = new MicroBatch(rows, epoch: 0, CPU);
        var reports = new List<StepReport>();
        Tensor? kept = null;
        var values = Array.Empty<float[]>();
        for (var replay = 0; replay < attack.Replays; replay++)
        {
            foreach (var (_, value) in model.Trained) value.grad = null;
            var step = new AttackStep(model, batch, 1.0 / rows.Sum(r => r.Answer.Length), Seed, dropoutKey: 99) { Kept = kept };
            reports.Add(attack.Run(step).Read());
            step.Passes.ShouldBe(attack.Passes, attack.Name);
            kept = step.Kept;
            values = [.. model.Trained.Select(t => t.Value.grad!.data<float>().ToArray())];
            if (attack.Replays == 1) continue;
            using var quiet = no_grad();
            foreach (var (_, value) in model.Trained) value.add_(value.grad!, -Rate);
        }
        return (values, reports);
    }

    static object Question(TinyModel tiny, CausalLm model, Example[] rows)
    {
        using var file = new SafetensorsFile(Path.Combine(tiny.Folder, "model.safetensors"));
        var weights = file.Tensors.ToDictionary(t => t.Key, t =>
        {
            using var values = empty([.. t.Value.Shape], ScalarType.Float32);
            file.CopyTo(t.Value, values);
            return Entry(values);
        });
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(tiny.Folder, "config.json")));
        return new
        {
            config = config.RootElement.Clone(),
            weights,
            lora = model.Trained.ToDictionary(t => t.Name, t => Entry(t.Value)),
            lora_scale = 8.0 / 4,
            rows = rows.Select(r => new
            {
                prompt = r.Prompt, answer = r.Answer, beta = r.Beta, instruction = new[] { r.InstructionStart, r.InstructionEnd },
                uniform = new { delta = Uniform(r, "delta"), neftune = Uniform(r, "neftune") },
            }),
            steps = Cases.Select(c => c.Words),
        };

        object Entry(Tensor values) => new { shape = values.shape, values = values.data<float>().ToArray() };

        float[] Uniform(Example row, string purpose)
        {
            var values = new float[row.Inputs * TinyModel.Channels];
            CounterRandom.Fill(values, CounterRandom.Key(Seed, 0, row.Id, purpose));
            return values;
        }
    }

    static void Set(CausalLm model, Dictionary<string, float[]> values)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var (name, value) in model.Trained) value.copy_(tensor(values[name], value.shape));
    }

    static Dictionary<string, object> Pgd(int steps, double epsilon, bool relative = false, string norm = "l2", double? alpha = null,
        double lambda = 1, string scope = "prompt") =>
        Words("pgd", epsilon, relative, alpha, ("steps", steps), ("norm", norm), ("lambda", lambda), ("scope", scope));

    static Dictionary<string, object> Free(string method, double epsilon, double alpha, int steps = 0, int replays = 0, string norm = "l2") =>
        Words(method, epsilon, false, alpha, ("steps", steps), ("replays", replays), ("norm", norm), ("c", C), ("lr", Rate));

    static Dictionary<string, object> Nrm(double epsilon, double c, string radius, bool relative = false, double? alpha = null, double lambda = 1,
        string scope = "prompt", bool twoPass = false, bool wholeBatch = false) => Words("nrm", epsilon, relative, alpha, ("c", c),
            ("radius", radius), ("lambda", lambda), ("scope", scope), ("two_pass", twoPass), ("whole_batch", wholeBatch));

    static Dictionary<string, object> Words(string method, double epsilon, bool relative, double? alpha, params (string, object)[] more)
    {
        var words = more.ToDictionary(m => m.Item1, m => m.Item2);
        (words["method"], words["epsilon"], words["relative"]) = (method, epsilon, relative);
        if (alpha is { } step) words["alpha"] = step;
        return words;
    }
}

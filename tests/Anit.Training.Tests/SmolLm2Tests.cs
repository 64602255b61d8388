using System.Runtime.InteropServices;
using Anit.Models;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>The Noise Response Method on a real pretrained model, from a given δ₀, against a double-precision run over transformers and
/// peft. Its loss is float32's (see Anit.Models.Tests' SmolLm2Tests), which is most of what lies between.</summary>
public sealed class SmolLm2Tests
{
    const int End = 2; // <|im_end|>

    [SmolLm2Fact]
    public void A_step_from_a_given_start_moves_and_learns_as_the_reference_does()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLm.Load(SmolLm2.Folder, new(Tune.Lora) { Adapter = SmolLm2.Reference("adapter") });
        using var forward = new SafetensorsFile(SmolLm2.Reference("forward.safetensors"));
        using var wanted = new SafetensorsFile(SmolLm2.Reference("lora_step.safetensors"));
        var tokenizer = Tokenizer.Load(SmolLm2.Folder);
        var (beta, radii, losses) = (Read(wanted, "nrm.beta"), Read(wanted, "nrm.rho"), Read(wanted, "nrm.losses"));
        Example[] examples = [.. SmolLm2.Lines("rows.jsonl").Select((r, i) => new Example($"row/{i}", Integers(forward, $"row{i}.ids"),
            [.. tokenizer.Encode(" " + r.GetProperty("target").GetString()), End], 0, 1, beta.data<float>()[i], true))];
        using var batch = new MicroBatch(examples, 0, CPU);
        var step = new AttackStep(model, batch, 1.0 / batch.AnswerTokens, 0, 0);
        var space = new Perturbation(batch, Scope.Prompt, includeBos: true, model.Config.HiddenSize, CPU);
        var nrm = new NoiseResponse { Epsilon = 0.03 };

        var clean = step.Loss(step.Embed());
        clean.backward();
        var x = step.Embed().detach();
        var radius = space.Norms(space.Masked(x)) * nrm.Epsilon * space.PerSample(examples.Select(e => 1 - e.Beta));
        Distance(radius, radii).ShouldBeLessThan(1e-6, "ρ = ε ‖X‖ (1 − β)");
        var start = Rows("delta0").requires_grad_();
        var startLoss = step.Loss(AttackStep.Add(x, start));
        var (direction, _) = space.Direction(autograd.grad([startLoss], [start])[0]);
        var (end, _) = nrm.Ascend(space, start.detach(), direction, radius, radius);
        Distance(end, Rows("delta1")).ShouldBeLessThan(2e-5, "δ₁");
        var endLoss = step.Loss(AttackStep.Add(step.Embed(), end.detach()));
        endLoss.backward();

        Distance(stack([clean.detach(), startLoss.detach(), endLoss.detach()]), losses).ShouldBeLessThan(5e-6, "losses: clean, at δ₀, at δ₁");
        var grads = model.Trained.ToDictionary(t => t.Name, t => t.Value.grad!);
        string[] layer = [.. wanted.Tensors.Keys.Where(n => n.StartsWith("nrm.model.", StringComparison.Ordinal))];
        layer.Length.ShouldBe(7 * 2);
        foreach (var name in layer) Distance(grads[name[4..]], Read(wanted, name)).ShouldBeLessThan(1.5e-4, name);
        Distance(stack([.. grads.Values.Select(g => g.norm())]).norm().view(1), Read(wanted, "nrm.all_grad_norm"))
            .ShouldBeLessThan(5e-6, "norm of all gradients");

        // The reference has a row for each token, the last one included, which is no input here.
        Tensor Rows(string name) => cat([.. examples.Select((e, i) => Read(wanted, $"nrm.row{i}.{name}").narrow(0, 0, e.Inputs))], 0);
    }

    static Tensor Read(SafetensorsFile file, string name)
    {
        var values = empty([.. file.Tensors[name].Shape], ScalarType.Float32);
        file.CopyTo(file.Tensors[name], values);
        return values;
    }

    static int[] Integers(SafetensorsFile file, string name) =>
        MemoryMarshal.Cast<byte, int>(file.Bytes(file.Tensors[name], 0, (int)file.Tensors[name].Length)).ToArray();

    static double Distance(Tensor a, Tensor b) =>
        ((a.to(ScalarType.Float64) - b.to(ScalarType.Float64)).norm() / b.to(ScalarType.Float64).norm()).item<double>();
}

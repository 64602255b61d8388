using Shouldly;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>The Noise Response Method against its definition (docs/method.md 3) and against what must follow from it.</summary>
public sealed class NoiseResponseTests
{
    [Fact]
    public void Start_and_projection_give_the_numbers_worked_out_by_hand()
    {
        using var scope = NewDisposeScope();
        // One sample, two tokens, h = 2: c 10, ε 0.5, β 0.2, u (0.5, −0.25, 0.1, 0), g (3, 4, 0, 0), α 0.5, fixed radius.
        using var batch = new MicroBatch([new("row", [1, 2], [3], 0, 1, 0.2, true)], 0, CPU);
        var space = new Perturbation(batch, Scope.Prompt, includeBos: true, channels: 2, CPU);
        var nrm = new NoiseResponse { Init = 10, Radius = Radius.Fixed };

        var start = nrm.Start(space, tensor(new[] { 0.5f, -0.25f, 0.1f, 0 }, [2, 2]), space.PerSample([0.5 * (1 - 0.2)]));
        start.data<float>().ToArray().ShouldBe([2 * 0.5f, 2 * -0.25f, 2 * 0.1f, 0], 1e-6);

        // The printed vectors take u from U(−ε, ε) already scaled: δ₀ = (2, −1, 0.4, 0).
        var printed = tensor(new[] { 2f, -1, 0.4f, 0 }, [2, 2]);
        var (direction, degenerate) = space.Direction(tensor(new[] { 3f, 4, 0, 0 }, [2, 2]));
        degenerate.item<bool>().ShouldBeFalse();
        var (end, before) = nrm.Ascend(space, printed, direction, space.PerSample([0.5]), space.PerSample([0.5]));
        before.item<float>().ShouldBe(2.41039f, 1e-5f);
        end.data<float>().ToArray().ShouldBe([0.477100f, -0.124461f, 0.082974f, 0], 1e-6);
    }

    [Fact]
    public void Without_an_adversary_it_is_plain_tuning()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        var rows = TinyModel.Rows(9);
        var plain = Gradients.Of(model, new Plain(), rows).Values;

        Gradients.Distance(Gradients.Of(model, new NoiseResponse { Lambda = 0 }, rows).Values, plain).ShouldBe(0);
        // ε = 0: the adversarial term is the clean one again, λ times.
        Gradients.Distance(Gradients.Of(model, new NoiseResponse { Epsilon = 0, Lambda = 0.5 }, rows).Values, plain, scale: 1.5)
            .ShouldBeLessThan(1e-6);
        Gradients.Distance(Gradients.Of(model, new NoiseResponse { Epsilon = 0, TwoPass = true }, rows).Values, plain, scale: 2)
            .ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void The_perturbation_answers_to_the_noise_and_the_printed_projection_does_not()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        foreach (var beta in new[] { 0, 0.2, 0.5, 0.8 })
        {
            Example[] rows = [.. TinyModel.Rows(6).Select(r => r with { Beta = beta })];
            var own = Gradients.Of(model, new NoiseResponse { Epsilon = 0.4, Relative = false }, rows).Report.Attack!;
            (own.End / 6).ShouldBe(0.4 * (1 - beta), 1e-4);
            (own.Start / 6).ShouldBe(0.2 * (1 - beta), 0.05 * (1 - beta)); // half the radius, up to the spread of u
            (own.Cosine / 6).ShouldBeGreaterThan(0.75);

            var printed = Gradients.Of(model, NoiseResponse.Preset("paper"), rows).Report.Attack!;
            printed.Bound.ShouldBe(6);
            (printed.End / 6).ShouldBe(1, 1e-4);
            Math.Abs(printed.Cosine / 6).ShouldBeLessThan(0.2);
        }
    }

    [Fact]
    public void The_adversary_raises_the_loss_more_than_its_random_start_does()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        for (var seed = 0UL; seed < 20; seed++)
        {
            var report = Gradients.Of(model, new NoiseResponse { Epsilon = 0.1 }, TinyModel.Rows(8), seed: seed).Report;
            report.Attack!.LossAtEnd!.Value.ShouldBeGreaterThan(report.Loss);
            report.Attack.LossAtEnd.Value.ShouldBeGreaterThan(report.Attack.LossAtStart);
            report.Attack.Degenerate.ShouldBe(0);
        }
    }

    [Fact]
    public void Only_tokens_in_scope_are_moved()
    {
        using var scope = NewDisposeScope();
        var rows = TinyModel.Rows(4);
        using var batch = new MicroBatch(rows, 0, CPU);
        foreach (var (reach, expected) in new (Scope, Func<Example, int>)[] { (Scope.Prompt, e => e.Prompt.Length),
            (Scope.Instruction, e => e.InstructionEnd - e.InstructionStart), (Scope.All, e => e.Inputs) })
        {
            var space = new Perturbation(batch, reach, includeBos: true, 3, CPU);
            space.Sizes.ShouldBe(rows.Select(r => 3.0 * expected(r)));
            var moved = space.Uniform(1, "test").abs().sum(1).gt(0).to(ScalarType.Int64).sum().item<long>();
            moved.ShouldBe(rows.Sum(expected));
        }
    }

    [Fact]
    public void A_gradient_that_is_no_number_leaves_its_sample_at_the_start_and_harms_no_other()
    {
        using var scope = NewDisposeScope();
        using var batch = new MicroBatch(TinyModel.Rows(3), 0, CPU);
        var space = new Perturbation(batch, Scope.All, includeBos: true, 2, CPU);
        var gradient = ones([batch.Tokens, 2]);
        gradient[batch.Starts[1]] = double.NaN;

        var (direction, degenerate) = space.Direction(gradient);

        degenerate.data<bool>().ToArray().ShouldBe([false, true, false]);
        space.Norms(direction).data<float>().ToArray().ShouldBe([1, 0, 1], 1e-6);
    }

    [Fact]
    public void Perturbations_do_not_depend_on_the_batch_they_are_drawn_in()
    {
        using var scope = NewDisposeScope();
        var rows = TinyModel.Rows(5);
        using var together = new MicroBatch(rows, 3, CPU);
        var all = new Perturbation(together, Scope.Prompt, true, 4, CPU).Uniform(11, "delta");
        for (var i = 0; i < rows.Length; i++)
        {
            using var alone = new MicroBatch([rows[i]], 3, CPU);
            var one = new Perturbation(alone, Scope.Prompt, true, 4, CPU).Uniform(11, "delta");
            one.data<float>().ToArray().ShouldBe(all.narrow(0, together.Starts[i], rows[i].Inputs).contiguous().data<float>().ToArray());
        }
    }
}

using Shouldly;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>What holds for every method there is, whatever it does.</summary>
public sealed class AttackTests
{
    // Methods at radii that a model this small can feel.
    static readonly IAttack[] All = [.. AttackKinds.All.Select(a => a.Make(new() { EpsilonRelative = a.Name is "paper" or "early" ? null : 0.05 }))];

    [Fact]
    public void Each_method_is_found_under_its_own_name_and_says_how_many_passes_it_makes()
    {
        AttackKinds.All.Select(a => a.Name).ShouldBe(
            ["early", "fgm", "fgsm", "freeat", "freelb", "neftune", "nrm", "nrm2", "paper", "pgd", "plain"]);
        AttackKinds.All.Select(a => a.Make(new()).Name).ShouldBe(AttackKinds.All.Select(a => a.Name));
        new[] { "plain", "neftune", "fgsm", "fgm", "pgd", "freelb", "freeat", "nrm", "nrm2" }
            .Select(name => AttackKinds.Find(name)!.Make(new() { Steps = 5 }).Passes).ShouldBe([1, 1, 2, 2, 6, 5, 1, 3, 2]);

        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        using var scope = NewDisposeScope();
        using var batch = new MicroBatch(TinyModel.Rows(3), 0, CPU);
        foreach (var attack in All)
        {
            var step = new AttackStep(model, batch, 1, seed: 1, dropoutKey: 1);
            attack.Run(step);
            step.Passes.ShouldBe(attack.Passes, attack.Name);
        }
    }

    [Fact]
    public void Numbers_read_together_are_those_read_one_by_one()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        using var scope = NewDisposeScope();
        using var batch = new MicroBatch(TinyModel.Rows(3), 0, CPU);
        Measured[] measured = [.. All.Select(attack => attack.Run(new(model, batch, 0.25, seed: 1, dropoutKey: 1)))];
        var (reports, more) = Measured.ReadAll(measured, tensor(7f));
        reports.ShouldBe(measured.Select(m => m.Read()));
        more.ShouldBe(7);
        reports.Count(r => r.Attack is null).ShouldBe(2); // plain and neftune
        reports.Where(r => r.Attack is { LossAtEnd: null }).Count().ShouldBe(1); // freeat never computes it
    }

    [Fact]
    public void Every_method_has_the_same_defaults_and_a_knob_it_does_not_read_changes_nothing()
    {
        foreach (var description in AttackKinds.All)
        {
            var preset = description.Make(new());
            if (preset is Adversary and not NoiseResponse { Relative: false })
                ((Adversary)preset with { Scope = Scope.Prompt }).ShouldSatisfyAllConditions(
                    a => a.Epsilon.ShouldBe(new NoiseResponse().Epsilon), a => a.Relative.ShouldBeTrue(), a => a.Alpha.ShouldBeNull());
            foreach (var (name, knobs) in new (string, AttackKnobs)[]
                     {
                         (nameof(AttackKnobs.Epsilon), new() { Epsilon = 9 }), (nameof(AttackKnobs.EpsilonRelative), new() { EpsilonRelative = 9 }),
                         (nameof(AttackKnobs.Alpha), new() { Alpha = 9 }), (nameof(AttackKnobs.Steps), new() { Steps = 9 }),
                         (nameof(AttackKnobs.Replays), new() { Replays = 9 }), (nameof(AttackKnobs.Norm), new() { Norm = Norm.Linf }),
                         (nameof(AttackKnobs.InitScale), new() { InitScale = 9 }), (nameof(AttackKnobs.Lambda), new() { Lambda = 9 }),
                         (nameof(AttackKnobs.Radius), new() { Radius = description.Name == "early" ? Radius.Fixed : Radius.None }),
                         (nameof(AttackKnobs.Scope), new() { Scope = Scope.Instruction }),
                         (nameof(AttackKnobs.NeftuneAlpha), new() { NeftuneAlpha = 9 }),
                     })
                if (description.Name is not ("fgm" or "fgsm") || name != nameof(AttackKnobs.Alpha)) // carried along, never looked at
                    description.Make(knobs).Equals(preset).ShouldBe(!description.Knobs.Contains(name), $"{description.Name}, {name}");
        }
    }

    [Fact]
    public void What_an_attack_was_made_with_can_be_read_back()
    {
        var given = new AttackKnobs
        {
            Alpha = 2, TargetGain = 3, Steps = 4, Replays = 5, Norm = Norm.Linf, InitScale = 6, Lambda = 7, Radius = Radius.Fixed,
            Scope = Scope.Instruction, NeftuneAlpha = 8,
        };
        foreach (var description in AttackKinds.All)
            foreach (var knobs in new[] { new(), given with { Epsilon = 0.5 }, given with { EpsilonRelative = 0.5 } })
            {
                var attack = description.Make(knobs);
                var back = AttackValues.Of(attack).Aggregate(new AttackKnobs(), (all, value) =>
                {
                    typeof(AttackKnobs).GetProperty(value.Key)!.SetValue(all, value.Value);
                    return all;
                });
                var again = description.Make(back);
                // fgm and fgsm carry a step along that they never look at, and so does not come back
                (again is Fgm or Fgsm ? (IAttack)((Adversary)again with { Alpha = ((Adversary)attack).Alpha }) : again).ShouldBe(attack);
            }
        AttackValues.Of(new Pgd { Lambda = 0 }).Keys.ShouldBe([nameof(AttackKnobs.Lambda)]);
    }

    [Fact]
    public void Micro_batches_add_up_to_the_gradient_of_one_batch()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora(dropout: 0.3);
        var rows = TinyModel.Rows(10);
        foreach (var attack in All.Where(a => a.Name != "early")) // which takes the norm over the whole micro-batch, by definition
        {
            var whole = Gradients.Of(model, attack, rows).Values;
            foreach (var size in new[] { 1, 3, 7 })
                Gradients.Distance(Gradients.Of(model, attack, rows, size).Values, whole)
                    .ShouldBeLessThan(1e-4, $"{attack.Name} in micro-batches of {size}");
        }
    }

    [Fact]
    public void The_order_of_rows_in_a_pack_changes_nothing()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora(dropout: 0.3);
        var rows = TinyModel.Rows(9);
        foreach (var attack in All)
        {
            var straight = Gradients.Of(model, attack, rows).Values;
            for (var seed = 1UL; seed < 4; seed++)
            {
                Example[] shuffled = [.. CounterRandom.Permutation(rows.Length, seed).Select(i => rows[i])];
                Gradients.Distance(Gradients.Of(model, attack, shuffled).Values, straight).ShouldBeLessThan(1e-4, attack.Name);
            }
        }
    }

    [Fact]
    public void Without_a_radius_an_adversary_is_plain_tuning_on_each_of_its_losses()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        var rows = TinyModel.Rows(9);
        var plain = Gradients.Of(model, new Plain(), rows).Values;
        foreach (var (attack, terms) in new (IAttack, double)[]
                 {
                     (new Fgm { Epsilon = 0, Lambda = 0.5 }, 1.5), (new Fgsm { Epsilon = 0 }, 2), (new Pgd { Epsilon = 0, Lambda = 2 }, 3),
                     (new FreeLb { Epsilon = 0 }, 1), (new FreeAt { Epsilon = 0 }, 1), (new Pgd { Lambda = 0 }, 1), (new Fgm { Lambda = 0 }, 1),
                     (new NoiseResponse { Epsilon = 0, Lambda = 0.5 }, 1.5), (new NoiseResponse { Lambda = 0 }, 1), (new Neftune(0), 1),
                 })
            Gradients.Distance(Gradients.Of(model, attack, rows).Values, plain, scale: terms).ShouldBeLessThan(2e-6, $"{attack}");
    }

    [Fact]
    public void Samples_whose_gradient_is_zero_are_counted_and_harm_nothing()
    {
        using var tiny = new TinyModel();
        using (var blind = tiny.Full()) // a model that looks at nothing: its last norm multiplies by 0
        {
            using var quiet = no_grad();
            foreach (var (name, value) in blind.Trained.Where(t => t.Name == "model.norm.weight")) value.zero_();
            ModelFolder.Save(tiny.Folder, blind);
        }
        using var model = tiny.Lora();
        var rows = TinyModel.Rows(6);
        foreach (var attack in All)
        {
            var (values, report) = Gradients.Of(model, attack, rows);
            values.ShouldAllBe(g => g.All(v => v == 0), attack.Name);
            report.Loss.ShouldBe(Math.Log(TinyModel.Vocabulary), 1e-5, attack.Name);
            if (report.Attack is { } measured) measured.Degenerate.ShouldBe(6, attack.Name);
        }
    }

    [Theory]
    [InlineData(Norm.L2)]
    [InlineData(Norm.Linf)]
    public void A_gradient_that_is_no_number_leaves_its_sample_where_it_is_and_harms_no_other(Norm norm)
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        using var scope = NewDisposeScope();
        using var batch = new MicroBatch(TinyModel.Rows(3), 0, CPU);
        var step = new AttackStep(model, batch, 1, seed: 1, dropoutKey: 1);
        foreach (var bad in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var climb = new Climb(step, new Pgd { Scope = Scope.All, Epsilon = 0.5, Relative = false }, norm);
            climb.FromRandom(5, 0.5);
            var before = climb.Start.narrow(0, batch.Starts[1], batch.Starts[2] - batch.Starts[1]).contiguous().data<float>().ToArray();
            var gradient = ones([batch.Tokens, TinyModel.Channels]);
            gradient[batch.Starts[1]] = bad;
            climb.Up(gradient);

            climb.Delta.isfinite().all().item<bool>().ShouldBeTrue();
            climb.Delta.narrow(0, batch.Starts[1], batch.Starts[2] - batch.Starts[1]).contiguous().data<float>().ToArray().ShouldBe(before, 1e-7);
            climb.Measured(step.Measured(zeros(1).sum()), new(zeros(1).sum()), null).Read().Attack!.Degenerate.ShouldBe(1);
            (climb.Delta - climb.Start).narrow(0, 0, batch.Starts[1]).abs().sum().item<float>().ShouldBeGreaterThan(0.1f);
        }
    }

    [Fact]
    public void Adversaries_stay_in_their_ball_and_raise_the_loss()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        var rows = TinyModel.Rows(6);
        for (var seed = 0UL; seed < 20; seed++)
            foreach (var attack in new IAttack[] { new Fgm { Epsilon = 0.05 }, new Fgsm { Epsilon = 0.05 }, new Pgd { Epsilon = 0.05 },
                new Pgd { Epsilon = 0.05, Norm = Norm.Linf }, new FreeLb { Epsilon = 0.05 }, new FreeLb { Epsilon = 0.05, Norm = Norm.Linf } })
            {
                var report = Gradients.Of(model, attack, rows, seed: seed).Report;
                var measured = report.Attack!;
                measured.LossAtEnd!.Value.ShouldBeGreaterThan(report.Loss, $"{attack}");
                measured.End.ShouldBeLessThan(0.05 * measured.Embedding * (1 + 1e-5), $"{attack}"); // also of the signs: a multiple of ‖X‖/√N
                measured.End.ShouldBeGreaterThan(0.04 * measured.Embedding, $"{attack}");
                (measured.Cosine / 6).ShouldBeGreaterThan(0.6, $"{attack}");
            }
    }
}

using System.CommandLine;
using Anit.Cli;
using static System.FormattableString;

namespace Anit.Tools.Train;

/// <summary>What an attack may read: the help of each option says which do, and the others refuse it.</summary>
sealed class AttackFlags
{
    public readonly Option<double?> Epsilon =
        Opt.Number("--epsilon", "Radius ε of the perturbation, absolute; in the norm linf of each element."
            + Readers(nameof(AttackKnobs.Epsilon)), 0);
    public readonly Option<double?> RelativeEpsilon = Opt.Number("--epsilon-relative",
        "Radius ε as a multiple of ‖X‖ of each sample, in the norm linf of ‖X‖/√N; "
        + Invariant($"{new Fgm().Epsilon}, as measured on development rows (docs/attacks.md), unless --epsilon is given ")
        + "or the method is paper or early (1, absolute)."
        + Readers(nameof(AttackKnobs.EpsilonRelative)), 0);
    public readonly Option<double?> TargetGain = Opt.Number("--target-gain",
        "Let ε follow what it does: from where it begins it is raised or lowered, at most 5 % a step, until (loss at δ - clean loss) / clean loss is "
        + "this, 0.02 say." + Readers(nameof(AttackKnobs.TargetGain)), 0.0001);
    public readonly Option<double?> Alpha = Opt.Number("--alpha",
        "Ascent step α, absolute or relative as ε is; the radius when absent, 0.001 in paper and early." + Readers(nameof(AttackKnobs.Alpha)), 0);
    public readonly Option<int?> Steps = Opt.OptionalCount("--steps",
        "K: passes of FreeLB, ascents of PGD; 3 when absent." + Readers(nameof(AttackKnobs.Steps)), from: 1);
    public readonly Option<string?> Norm = new("--norm")
    {
        Description = "Norm of ε and α: l2 (steps along the gradient; when absent) or linf (along its sign)." + Readers(nameof(AttackKnobs.Norm)),
        HelpName = "norm",
    };
    public readonly Option<int?> Replays = Opt.OptionalCount("--replays",
        "m: optimizer steps on each batch, of which there are then 1/m as many; 3 when absent." + Readers(nameof(AttackKnobs.Replays)), from: 1);
    public readonly Option<double?> Start = Opt.Number("--init-scale",
        "c of Eq. 7, the size of the random start: its norm is c ε/√3; √3/2 when absent, 10 in paper and early."
        + Readers(nameof(AttackKnobs.InitScale)), 0);
    public readonly Option<double?> Lambda = Opt.Number("--lambda",
        "Weight λ of the adversarial loss beside the clean one; 0 skips the adversary and its options; 1 when absent."
        + Readers(nameof(AttackKnobs.Lambda)), 0);
    public readonly Option<string?> Radius = new("--radius")
    {
        Description = "Projection: fixed (ε; paper), responsive (ε(1−β); nrm, nrm2) or none (early)." + Readers(nameof(AttackKnobs.Radius)),
        HelpName = "how",
    };
    public readonly Option<string?> Scope = new("--scope")
    {
        Description = "Tokens that may be perturbed: prompt (when absent), instruction, or all (early)." + Readers(nameof(AttackKnobs.Scope)),
        HelpName = "tokens",
    };
    public readonly Option<double?> NeftuneAlpha = Opt.Number("--neftune-alpha",
        "Noise scale of NEFTune: U(−1, 1) times it/√N; 5 when absent." + Readers(nameof(AttackKnobs.NeftuneAlpha)), 0);
    public readonly Option<int> WarmUp = Opt.Count("--adv-warmup",
        "Optimizer steps of plain tuning before the method begins." + Readers(AttackKnobs.WarmUp), 0, from: 0);
    public readonly Option<double?> Beta =
        Opt.Number("--beta", "β of every noisy row, instead of the column beta." + Readers(AttackKnobs.Beta), 0, 1);

    public AttackFlags()
    {
        Norm.AcceptOnlyFromAmong("l2", "linf");
        Radius.AcceptOnlyFromAmong("fixed", "responsive", "none");
        Scope.AcceptOnlyFromAmong("prompt", "instruction", "all");
    }

    /// <summary>All of them, in the order of the help.</summary>
    public Option[] All => [.. Knobs.Select(knob => knob.Option)];

    /// <summary>Refuses options that the method does not read, or that contradict each other.</summary>
    public void Check(ParseResult given, Option<string> method)
    {
        var name = given.GetRequiredValue(method);
        var reads = AttackKinds.Find(name)!.Knobs;
        given.Refuse(method, name, [.. Knobs.Where(knob => !reads.Contains(knob.Name)).Select(knob => knob.Option)]);
        if (given.GetValue(Lambda) == 0) given.Refuse(Lambda, "0", [.. All.Where(option => option != Lambda && option != Beta)]);
        given.RefuseBoth(Epsilon, RelativeEpsilon);
        if (given.Has(TargetGain) && (given.GetValue(Epsilon) ?? given.GetValue(RelativeEpsilon)) == 0)
            throw new UserError($"{TargetGain.Name} has no effect on a radius of 0, which no factor raises; begin with a larger one", Exit.Usage);
    }

    /// <summary>Whether a method reads β, so that noisy rows must have one.</summary>
    public static bool ReadBeta(string method) => AttackKinds.Find(method)!.Knobs.Contains(AttackKnobs.Beta);

    (string Name, Option Option)[] Knobs =>
    [
        (nameof(AttackKnobs.Epsilon), Epsilon), (nameof(AttackKnobs.EpsilonRelative), RelativeEpsilon),
        (nameof(AttackKnobs.TargetGain), TargetGain), (nameof(AttackKnobs.Alpha), Alpha),
        (nameof(AttackKnobs.Steps), Steps), (nameof(AttackKnobs.Norm), Norm), (nameof(AttackKnobs.Replays), Replays),
        (nameof(AttackKnobs.InitScale), Start), (nameof(AttackKnobs.Lambda), Lambda), (nameof(AttackKnobs.Radius), Radius),
        (nameof(AttackKnobs.Scope), Scope), (nameof(AttackKnobs.NeftuneAlpha), NeftuneAlpha), (AttackKnobs.WarmUp, WarmUp),
        (AttackKnobs.Beta, Beta),
    ];

    /// <summary>The method of a name with what was given.</summary>
    public IAttack Of(ParseResult given, string method) => AttackKinds.Find(method)!.Make(new()
    {
        Epsilon = given.GetValue(Epsilon), EpsilonRelative = given.GetValue(RelativeEpsilon), TargetGain = given.GetValue(TargetGain),
        Alpha = given.GetValue(Alpha),
        Steps = given.GetValue(Steps), Norm = Choice<Norm>(given.GetValue(Norm)), Replays = given.GetValue(Replays),
        InitScale = given.GetValue(Start), Lambda = given.GetValue(Lambda), Radius = Choice<Radius>(given.GetValue(Radius)),
        Scope = Choice<Scope>(given.GetValue(Scope)), NeftuneAlpha = given.GetValue(NeftuneAlpha),
    });

    /// <summary>What the method was made with, by option.</summary>
    public IEnumerable<(Option Option, object? Value)> Resolved(ParseResult given, IAttack attack)
    {
        var (values, reads) = (AttackValues.Of(attack), AttackKinds.Find(attack.Name)!.Knobs);
        foreach (var (name, option) in Knobs.Where(knob => reads.Contains(knob.Name)))
            yield return (option, option == Beta ? given.GetValue(Beta)
                : option == WarmUp ? given.GetValue(WarmUp) is > 0 and var steps ? steps : null
                : values.GetValueOrDefault(name));
    }

    static T? Choice<T>(string? name) where T : struct, Enum => name is null ? null : Enum.Parse<T>(name, ignoreCase: true);

    static string Readers(string knob) => $" [{string.Join(", ", AttackKinds.All.Where(a => a.Knobs.Contains(knob)).Select(a => a.Name))}]";
}

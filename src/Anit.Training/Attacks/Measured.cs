using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Training.Attacks;

/// <summary>What one micro-batch measured, still where it was computed: reading a number waits for the device, so a step reads all of its
/// micro-batches' numbers at once, by <see cref="ReadAll"/>.</summary>
public sealed class Measured
{
    readonly int samples, answerTokens;
    readonly double[] divisors;

    /// <summary>The numbers, in the order of a report's: the loss; with an adversary its losses, norms and counts.</summary>
    /// <param name="samples">B.</param>
    /// <param name="answerTokens">Answer tokens.</param>
    /// <param name="numbers">One number, or nine.</param>
    internal Measured(int samples, int answerTokens, Number[] numbers)
    {
        using var quiet = no_grad();
        (this.samples, this.answerTokens) = (samples, answerTokens);
        Values = stack([.. numbers.Select(n => n.Value.to(ScalarType.Float32))]);
        divisors = [.. numbers.Select(n => n.Divisor)];
    }

    /// <summary>A number on its device, and what it is to be divided by once it is here.</summary>
    internal readonly record struct Number(Tensor Value, double Divisor = 1);

    /// <summary>The numbers as one tensor, the caller's to keep until they are read.</summary>
    public Tensor Values { get; }

    /// <summary>This with what an adversary measured.</summary>
    /// <param name="losses">L(f(X + δ₀)) and L(f(X + δ₁)), the latter null where the attack never computes it.</param>
    /// <param name="sums">What <see cref="Sums"/> gave.</param>
    internal Measured With((Number Start, Number? End) losses, Number[] sums)
    {
        using var quiet = no_grad();
        var absent = new Number(tensor(float.NaN, device: Values.device));
        return new(samples, answerTokens, [new(Values[0], divisors[0]), losses.Start, losses.End ?? absent, .. sums]);
    }

    /// <summary>What there is to say of a δ that went from a start to an end: sums over the samples of norms, cosines and counts.</summary>
    /// <param name="space">The batch's geometry.</param>
    /// <param name="delta">(T, C) δ₀ and δ₁.</param>
    /// <param name="direction">(T, C) ĝ of the last ascent.</param>
    /// <param name="degenerate">(B) samples without a usable gradient.</param>
    /// <param name="bound">(B) samples whose projection shortened δ.</param>
    /// <param name="embedding">(B) ‖X_i‖.</param>
    internal static Number[] Sums(Perturbation space, (Tensor Start, Tensor End) delta, Tensor direction, Tensor degenerate, Tensor bound,
        Tensor embedding)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var ends = space.Norms(delta.End);
        var lengths = (ends * space.Norms(direction)).clamp(min: (Scalar)1e-12);
        var cosines = space.Sums(delta.End * direction) / lengths * degenerate.logical_not().to(ScalarType.Float32);
        return [Sum(embedding), Sum(space.Norms(delta.Start)), Sum(ends), Sum(bound), Sum(cosines), Sum(degenerate)];

        static Number Sum(Tensor values) => new(values.to(ScalarType.Float32).sum().MoveToOuterDisposeScope());
    }

    /// <summary>The reports of some micro-batches and a number of their step, all read at once.</summary>
    /// <param name="all">The micro-batches.</param>
    /// <param name="more">The number; none when null.</param>
    public static (StepReport[] Reports, double More) ReadAll(IReadOnlyList<Measured> all, Tensor? more = null)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var numbers = cat([.. all.Select(m => m.Values), .. more is null ? Array.Empty<Tensor>() : [more.to(ScalarType.Float32).view(1)]], 0)
            .cpu().data<float>().ToArray();
        var (reports, at) = (new StepReport[all.Count], 0);
        for (var i = 0; i < reports.Length; i++)
        {
            reports[i] = all[i].Report(numbers.AsSpan(at, all[i].divisors.Length));
            at += all[i].divisors.Length;
        }
        return (reports, more is null ? 0 : numbers[at]);
    }

    /// <summary>The report, read by itself.</summary>
    public StepReport Read() => ReadAll([this]).Reports[0];

    StepReport Report(ReadOnlySpan<float> read)
    {
        var values = new double[read.Length];
        for (var i = 0; i < values.Length; i++) values[i] = read[i] / divisors[i];
        return new()
        {
            Samples = samples, AnswerTokens = answerTokens, Loss = values[0],
            Attack = values is not [_, var start, var end, var embedding, var norm0, var norm1, var bound, var cosine, var degenerate] ? null
                : new(start, double.IsNaN(end) ? null : end, embedding, norm0, norm1, (int)bound, cosine, (int)degenerate),
        };
    }
}

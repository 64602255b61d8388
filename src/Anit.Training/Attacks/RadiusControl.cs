namespace Anit.Training.Attacks;

/// <summary>Lets the radius follow what it does: a slow controller that holds the relative adversarial gain at a set value.</summary>
/// <remarks>The gain of a step is (L(f(X + δ₁)) − L(f(X))) / L(f(X)), over its answer tokens. ε, and α where it is given, are multiplied by
/// <see cref="Scale"/>, which after each step becomes s · exp(0.05 · e) with e = (target − gain)/target, kept within ±1: at most five per
/// cent a step, a tenfold change in 46 of them. One noisy step moves little, and a step of no usable loss nothing.</remarks>
/// <param name="target">The gain to hold, above 0.</param>
public sealed class RadiusControl(double target)
{
    const double Pace = 0.05, Least = 1e-4, Most = 1e4;

    /// <summary>What ε and α are multiplied by now.</summary>
    public double Scale { get; internal set; } = 1;

    /// <summary>Takes in a step's losses.</summary>
    /// <param name="clean">L(f(X)), mean over answer tokens.</param>
    /// <param name="end">L(f(X + δ₁)), likewise.</param>
    public void Learn(double clean, double end)
    {
        var error = (target - (end - clean) / clean) / target;
        if (!double.IsNaN(error)) Scale = Math.Clamp(Scale * Math.Exp(Pace * Math.Clamp(error, -1, 1)), Least, Most);
    }
}

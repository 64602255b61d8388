namespace Anit.Training.Loop;

/// <summary>How the learning rate falls after the warm-up.</summary>
public enum Decay
{
    /// <summary>Half a cosine down to 0.</summary>
    Cosine,

    /// <summary>A straight line down to 0.</summary>
    Linear,

    /// <summary>Not at all.</summary>
    Constant,
}

/// <summary>Linear warm-up, then a fall to zero or none: the factor on the learning rate.</summary>
/// <param name="Steps">Optimizer steps of the whole run.</param>
/// <param name="WarmUp">Share of the steps spent warming up, 0 to 1.</param>
/// <param name="Decay">What comes after.</param>
/// <remarks>With w warm-up steps, step s (from 0) has factor (s + 1)/w while s is below w, so no step is wasted at 0; afterwards, with
/// t = (s − w)/(Steps − w), it is ½(1 + cos πt), 1 − t or 1, as in Hugging Face's schedules of these names.</remarks>
public sealed record Schedule(int Steps, double WarmUp, Decay Decay = Decay.Cosine)
{
    /// <summary>The factor for optimizer step <paramref name="step"/>, counted from 0.</summary>
    public double Factor(int step)
    {
        var warm = (int)Math.Ceiling(Steps * WarmUp);
        if (step < warm) return (step + 1.0) / warm;
        var done = Math.Min(1, (double)(step - warm) / Math.Max(1, Steps - warm));
        return Decay switch
        {
            Decay.Linear => 1 - done,
            Decay.Constant => 1,
            _ => 0.5 * (1 + Math.Cos(Math.PI * done)),
        };
    }
}

namespace Anit.Training.Loop;

/// <summary>Linear warm-up, then half a cosine down to zero: the factor on the learning rate.</summary>
/// <param name="Steps">Optimizer steps of the whole run.</param>
/// <param name="WarmUp">Share of the steps spent warming up, 0 to 1.</param>
/// <remarks>With w warm-up steps, step s (from 0) has factor (s + 1)/w while s is below w, so no step is wasted at 0;
/// afterwards ½(1 + cos(π (s − w)/(Steps − w))), as in Hugging Face's cosine schedule.</remarks>
public sealed record Schedule(int Steps, double WarmUp)
{
    /// <summary>The factor for optimizer step <paramref name="step"/>, counted from 0.</summary>
    public double Factor(int step)
    {
        var warm = (int)Math.Ceiling(Steps * WarmUp);
        return step < warm
            ? (step + 1.0) / warm
            : 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, (double)(step - warm) / Math.Max(1, Steps - warm))));
    }
}

namespace Anit.Tools.Train;

/// <summary>A mean that forgets: about the last twenty values count. The first ones count in full, so it does not begin at 0.</summary>
sealed class Smoothed
{
    const double Forget = 0.95;
    double sum, weight;

    /// <summary>The mean with one more value.</summary>
    public double Of(double value)
    {
        (sum, weight) = (Forget * sum + value, Forget * weight + 1);
        return sum / weight;
    }
}

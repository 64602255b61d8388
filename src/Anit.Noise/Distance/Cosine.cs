namespace Anit.Noise.Distance;

/// <summary>Eq. 3: how far two vectors point apart.</summary>
public static class Cosine
{
    /// <summary>1 - cos, clamped to [0, 1]: texts that point away from each other count as wholly distorted.</summary>
    /// <exception cref="InvalidDataException">A vector is zero or not finite, or the lengths differ: it has no direction to compare.</exception>
    public static double Distortion(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) throw new InvalidDataException($"vectors of {a.Length} and {b.Length} numbers; expected the same length");
        double dot = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }
        if (!(aa > 0 && bb > 0 && double.IsFinite(aa) && double.IsFinite(bb)))
            throw new InvalidDataException("a vector that is zero or not finite has no direction; embed its text again");
        return Math.Clamp(1 - dot / (Math.Sqrt(aa) * Math.Sqrt(bb)), 0, 1);
    }

    /// <summary>Whether a vector points anywhere: finite, and not zero.</summary>
    public static bool HasDirection(ReadOnlySpan<float> vector)
    {
        var squares = 0.0;
        foreach (var x in vector) squares += (double)x * x;
        return squares > 0 && double.IsFinite(squares);
    }
}

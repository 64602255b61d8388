namespace Anit.Noise;

/// <summary>How the number of changed words follows from the strength.</summary>
public enum WordCount
{
    /// <summary>Exactly k(omega, n).</summary>
    Fixed,

    /// <summary>Uniform from 1 to k(omega, n).</summary>
    Uniform,
}

/// <summary>How strong a noise is: the share omega of an instruction's words that it changes.</summary>
public sealed class Strength
{
    const int Tabled = 256;
    readonly int[] table = new int[Tabled];
    readonly WordCount count;

    /// <summary>A strength.</summary>
    /// <param name="omega">Share of the words, 0 to 1; decimal, so that 0.7 of ten words is seven words and not eight.</param>
    /// <param name="count">Whether the count is fixed or drawn.</param>
    public Strength(decimal omega, WordCount count = WordCount.Fixed)
    {
        Omega = Share.Check(omega, nameof(omega));
        this.count = count;
        for (var n = 0; n < Tabled; n++) table[n] = Compute(omega, n);
    }

    /// <summary>Share of the words, 0 to 1.</summary>
    public decimal Omega { get; }

    /// <summary>k(omega, n): 0 where omega or n is 0, else omega * n rounded up, at least 1 and at most n.</summary>
    public int Words(int n) => n < Tabled ? table[n] : Compute(Omega, n);

    /// <summary>The number of words to change in a text of <paramref name="n"/>.</summary>
    public int Draw(int n, Rng rng)
    {
        var k = Words(n);
        return count == WordCount.Uniform && k > 1 ? 1 + rng.Below(k) : k;
    }

    static int Compute(decimal omega, int n) =>
        omega <= 0 || n <= 0 ? 0 : (int)decimal.Clamp(decimal.Ceiling(omega * n - 1e-9m), 1, n);
}

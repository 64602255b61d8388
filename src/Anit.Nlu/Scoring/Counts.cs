namespace Anit.Nlu.Scoring;

/// <summary>True positives, false positives and false negatives, and the measures that follow from them.</summary>
/// <remarks>A measure is null where it is undefined: precision without predictions, recall without gold items, F1 without either.</remarks>
public readonly record struct Counts(long Tp, long Fp, long Fn)
{
    /// <summary>Share of the predicted items that are right.</summary>
    public double? Precision => Ratio(Tp, Tp + Fp);

    /// <summary>Share of the gold items that were found.</summary>
    public double? Recall => Ratio(Tp, Tp + Fn);

    /// <summary>2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall.</summary>
    public double? F1 => Ratio(2 * Tp, 2 * Tp + Fp + Fn);

    /// <summary>Number of gold items.</summary>
    public long Gold => Tp + Fn;

    /// <summary>Number of predicted items.</summary>
    public long Predicted => Tp + Fp;

    /// <summary>Sums of two counts.</summary>
    public static Counts operator +(Counts a, Counts b) => new(a.Tp + b.Tp, a.Fp + b.Fp, a.Fn + b.Fn);

    /// <summary>Sums of two counts.</summary>
    public static Counts Add(Counts left, Counts right) => left + right;

    static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}

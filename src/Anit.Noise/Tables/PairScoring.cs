using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Anit.Noise.Tables;

/// <summary>Scores by a distance that a model measures: every distinct pair once, beforehand and many at a time.</summary>
/// <param name="distance">The distance.</param>
public sealed class PairScoring(IPairDistance distance) : IScoring
{
    readonly Dictionary<UInt128, double> known = []; // written by MeasureAsync alone, before pairs are looked at
    readonly MeanDistortion mean = new();

    /// <summary>Distinct pairs measured so far.</summary>
    public int Count => known.Count;

    /// <summary>Whether a pair has not been measured yet.</summary>
    public bool IsNew(string clean, string noisy) => !known.ContainsKey(Key(clean, noisy));

    /// <summary>Measures the pairs that are new; before any pair is looked at, and not from several threads.</summary>
    public async Task MeasureAsync(IReadOnlyList<(string Clean, string Noisy)> pairs, CancellationToken stop = default)
    {
        List<(string Clean, string Noisy)> missing = [.. pairs.DistinctBy(p => Key(p.Clean, p.Noisy)).Where(p => IsNew(p.Clean, p.Noisy))];
        if (missing.Count == 0) return;
        var found = await distance.MeasureAsync(missing, stop).ConfigureAwait(false);
        for (var i = 0; i < found.Length; i++) known.Add(Key(missing[i].Clean, missing[i].Noisy), found[i]);
    }

    /// <inheritdoc/>
    public void Look(IEnumerable<(int Row, string Clean, string Noisy)> pairs) => mean.Add(pairs.Select(p => Of(p.Clean, p.Noisy).Distortion));

    /// <inheritdoc/>
    public Score Of(string clean, string noisy) => new(known[Key(clean, noisy)], null);

    /// <inheritdoc/>
    public DistortionFacts Facts(BetaScope scope) => mean.Facts(distance.Name, scope) with { Embedder = distance.Signature };

    static UInt128 Key(string clean, string noisy)
    {
        // The first one's length keeps ("a", "bc") from ("ab", "c").
        var text = Encoding.UTF8.GetBytes($"{clean.Length} {clean}{noisy}");
        return BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(text));
    }
}

/// <summary>The mean of distortions that come from several threads; exact, whatever their order.</summary>
sealed class MeanDistortion
{
    readonly Lock gate = new();
    UnitSum sum;
    long rows;

    /// <summary>Adds those of a batch.</summary>
    public void Add(IEnumerable<double> distortions)
    {
        var (part, count) = (new UnitSum(), 0);
        foreach (var distortion in distortions)
        {
            part.Add(distortion);
            count++;
        }
        lock (gate)
        {
            sum.Add(part);
            rows += count;
        }
    }

    /// <summary>What a dataset says of itself.</summary>
    public DistortionFacts Facts(string method, BetaScope scope) =>
        new() { Method = method, Scope = scope, Beta = sum.Mean(rows), Rows = rows, DistortionSum = sum.Value };
}

using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Token sequences laid end to end, without padding: what a model computes at once.</summary>
/// <remarks>T is the number of tokens of all sequences together. Attention never crosses from one sequence into another.
/// The tensors belong to the batch, not to the dispose scope that was current when it was made; dispose it after the step:
/// the backward pass still needs them.</remarks>
public sealed class PackedBatch : IDisposable
{
    readonly ulong[] sequenceKeys;
    readonly Dictionary<object, IDisposable> derived = new(ReferenceEqualityComparer.Instance);

    /// <summary>Tokens that come before every sequence, in a cache: their number is added to all positions.</summary>
    internal int PrefixLength { get; init; }

    /// <summary>Token ids, shape (T,), int64.</summary>
    public Tensor Ids { get; }

    /// <summary>Where each sequence begins, and T at the end: B + 1 ascending numbers.</summary>
    public int[] Starts { get; }

    /// <summary>Number of sequences, B.</summary>
    public int Count => Starts.Length - 1;

    /// <summary>Number of tokens, T.</summary>
    public int Tokens => Starts[^1];

    /// <summary>The largest token id, to be checked against a model's vocabulary.</summary>
    internal int LargestId { get; }

    /// <summary>Length of the longest sequence.</summary>
    public int Longest { get; }

    /// <summary>Lays sequences end to end.</summary>
    /// <param name="sequences">Token ids, at least one sequence, none empty.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="keys">A number for each sequence that names it in dropout masks; its place in the batch when absent. Give
    /// row identities here, and masks no longer depend on how rows are batched.</param>
    public PackedBatch(IReadOnlyList<int[]> sequences, Device? device = null, IReadOnlyList<ulong>? keys = null)
    {
        if (sequences.Count == 0) throw new ArgumentException("a batch needs at least one sequence", nameof(sequences));
        if (keys is not null && keys.Count != sequences.Count)
            throw new ArgumentException($"{keys.Count} keys for {sequences.Count} sequences", nameof(keys));

        Starts = new int[sequences.Count + 1];
        for (var i = 0; i < sequences.Count; i++)
        {
            if (sequences[i].Length == 0) throw new ArgumentException($"sequence {i} is empty", nameof(sequences));
            Starts[i + 1] = Starts[i] + sequences[i].Length;
            Longest = Math.Max(Longest, sequences[i].Length);
        }
        var ids = new long[Starts[^1]];
        for (var i = 0; i < sequences.Count; i++)
        {
            for (var t = 0; t < sequences[i].Length; t++) ids[Starts[i] + t] = sequences[i][t];
            LargestId = Math.Max(LargestId, sequences[i].Max());
        }
        Ids = tensor(ids, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
        sequenceKeys = keys is null ? [.. Enumerable.Range(0, sequences.Count).Select(i => (ulong)i)] : [.. keys];
    }

    /// <summary>Frees the tensors of this batch and what was derived from it.</summary>
    public void Dispose()
    {
        Ids.Dispose();
        foreach (var one in derived.Values) one.Dispose();
        derived.Clear();
    }

    /// <summary>What one user of the batch makes of it once, for all its passes; freed with the batch.</summary>
    internal T Derived<T>(object user, Func<T> make) where T : IDisposable
    {
        if (!derived.TryGetValue(user, out var made)) derived.Add(user, made = make());
        return (T)made;
    }

    /// <summary>Tokens of a sequence.</summary>
    internal int Length(int sequence) => Starts[sequence + 1] - Starts[sequence];

    /// <summary>The sequence that a token belongs to, and its position there, the prefix included.</summary>
    internal (int Sequence, int Position) PlaceOf(int token)
    {
        var found = Array.BinarySearch(Starts, token);
        var sequence = found >= 0 ? found : ~found - 1;
        return (sequence, PrefixLength + token - Starts[sequence]);
    }

    /// <summary>Each token's position in its own sequence, the prefix included, (T,).</summary>
    internal long[] Positions()
    {
        var positions = new long[Tokens];
        for (var b = 0; b < Count; b++)
            for (var t = Starts[b]; t < Starts[b + 1]; t++) positions[t] = PrefixLength + t - Starts[b];
        return positions;
    }

    /// <summary>The length of each token's sequence, the prefix included, (T,).</summary>
    internal long[] Lengths()
    {
        var lengths = new long[Tokens];
        for (var b = 0; b < Count; b++) lengths.AsSpan(Starts[b]..Starts[b + 1]).Fill(PrefixLength + Length(b));
        return lengths;
    }

    /// <summary>A number for each token that names (sequence, position), for dropout masks.</summary>
    internal ulong[] TokenKeys()
    {
        var keys = new ulong[Tokens];
        for (var b = 0; b < Count; b++)
            for (var t = Starts[b]; t < Starts[b + 1]; t++) keys[t] = SplitMix64.Combine(sequenceKeys[b], (ulong)(t - Starts[b]));
        return keys;
    }
}

using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Token sequences laid end to end, without padding: what a model computes at once.</summary>
/// <remarks>T is the number of tokens of all sequences together. Attention never crosses from one sequence into another.
/// The tensors belong to the batch, not to the dispose scope that was current when it was made; dispose it after the step:
/// the backward pass still needs them.</remarks>
public sealed class Packed : IDisposable
{
    readonly List<Tensor> owned = [];
    readonly ulong[] sequenceKeys;
    readonly Dictionary<RopeTables, Layout> layouts = [];
    Tensor? positions;
    Tensor? lastAsked;
    int[]? lastRows;

    /// <summary>Tokens that come before every sequence, in a cache: their number is added to all positions.</summary>
    internal int Before { get; init; }

    /// <summary>Token ids, shape (T,), int64.</summary>
    public Tensor Ids { get; }

    /// <summary>Each token's place in its own sequence, shape (T,), int64.</summary>
    public Tensor Positions => positions ??= Keep(tensor(Local(), dtype: ScalarType.Int64, device: Ids.device));

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
    public Packed(IReadOnlyList<int[]> sequences, Device? device = null, IReadOnlyList<ulong>? keys = null)
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
        Ids = Keep(tensor(ids, dtype: ScalarType.Int64, device: device));
        sequenceKeys = keys is null ? [.. Enumerable.Range(0, sequences.Count).Select(i => (ulong)i)] : [.. keys];
    }

    /// <summary>Frees the tensors of this batch.</summary>
    public void Dispose()
    {
        owned.ForEach(t => t.Dispose());
        owned.Clear();
        layouts.Clear();
    }

    /// <summary>A number for each token that names (sequence, position), for dropout masks.</summary>
    internal ulong[] TokenKeys()
    {
        var keys = new ulong[Tokens];
        for (var b = 0; b < Count; b++)
            for (var t = Starts[b]; t < Starts[b + 1]; t++) keys[t] = Counter.Combine(sequenceKeys[b], (ulong)(t - Starts[b]));
        return keys;
    }

    /// <summary>The rows that a tensor asks for, read back once however many passes ask for the same tensor.</summary>
    internal int[] Rows(Tensor asked)
    {
        if (ReferenceEquals(asked, lastAsked)) return lastRows!;
        using var there = asked.to(ScalarType.Int64).cpu();
        var rows = Array.ConvertAll(there.data<long>().ToArray(), r => checked((int)r));
        if (Array.FindIndex(rows, r => r < 0 || r >= Tokens) is >= 0 and var i)
            throw new ArgumentOutOfRangeException(nameof(asked), rows[i], $"row {rows[i]} is asked for, the batch has {Tokens}");
        (lastAsked, lastRows) = (asked, rows);
        return rows;
    }

    /// <summary>Index tensors and masks that every layer of a model shares, made at the first pass over this batch.</summary>
    /// <exception cref="InvalidDataException">A token is not in the model's vocabulary.</exception>
    internal Layout LayoutFor(CausalLm model)
    {
        if (LargestId >= model.Config.VocabSize)
            throw new InvalidDataException($"token id {LargestId} is not among the model's {model.Config.VocabSize} (vocab_size); do tokenizer.json and config.json belong together?");
        if (!layouts.TryGetValue(model.Rope, out var layout))
            layouts.Add(model.Rope, layout = new(this, model.Config, model.Rope, model.Options.Device, model.Options.Dtype));
        return layout;
    }

    /// <summary>Takes a tensor out of the current scope: it lives as long as the batch.</summary>
    internal Tensor Keep(Tensor made)
    {
        made.DetachFromDisposeScope();
        owned.Add(made);
        return made;
    }

    /// <summary>The length of the sequence of each row, all or those picked, (R,).</summary>
    internal Tensor Lengths(int[]? picked)
    {
        var lengths = new long[Tokens];
        for (var b = 0; b < Count; b++) lengths.AsSpan(Starts[b]..Starts[b + 1]).Fill(Before + Starts[b + 1] - Starts[b]);
        return tensor(picked is null ? lengths : Array.ConvertAll(picked, row => lengths[row]), device: Ids.device);
    }

    internal long[] Local()
    {
        var places = new long[Tokens];
        for (var b = 0; b < Count; b++)
            for (var t = Starts[b]; t < Starts[b + 1]; t++) places[t] = Before + t - Starts[b];
        return places;
    }
}

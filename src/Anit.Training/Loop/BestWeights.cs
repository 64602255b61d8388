using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Anit.Training.Loop;

/// <summary>Remembers the weights with the best development scores, and when there is no more hope of better ones.</summary>
/// <param name="trained">What is trained.</param>
/// <param name="patience">Looks without a better score after which a run ends; 0 for no end before its last step.</param>
sealed class BestWeights(IReadOnlyList<(string Name, Parameter Value)> trained, int patience) : IDisposable
{
    readonly Dictionary<string, Tensor> kept = new(StringComparer.Ordinal);

    /// <summary>Where the best scores stand, which a checkpoint holds beside the weights.</summary>
    public sealed record State(int Step, double Value, double Tie, int Misses);

    /// <summary>Where the best scores stand; null before the first look.</summary>
    public State? Stand { get; private set; }

    /// <summary>The weights then, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Kept => kept;

    /// <summary>Whether the run is to end.</summary>
    public bool IsHopeless => patience > 0 && Stand?.Misses >= patience;

    /// <summary>Takes in scores; keeps the weights where they are the best.</summary>
    public bool Add(int step, DevScores scores)
    {
        if (Stand is { } best && (scores.Value < best.Value || (scores.Value == best.Value && !(scores.Tie < best.Tie))))
        {
            Stand = best with { Misses = best.Misses + 1 };
            return false;
        }
        Stand = new(step, scores.Value, scores.Tie, 0);
        using var quiet = no_grad();
        foreach (var (name, value) in trained) Keep(name, value.detach().clone());
        return true;
    }

    /// <summary>Puts the best weights into the model.</summary>
    public void Take()
    {
        using var quiet = no_grad();
        foreach (var (name, value) in trained)
            if (kept.TryGetValue(name, out var best)) value.copy_(best);
    }

    /// <summary>Goes on from a checkpoint.</summary>
    public void Resume(State? stand, IEnumerable<(string Name, Tensor Value)> weights)
    {
        Stand = stand;
        foreach (var (name, value) in weights) Keep(name, value);
    }

    void Keep(string name, Tensor value)
    {
        if (kept.Remove(name, out var before)) before.Dispose();
        kept[name] = value.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in kept.Values) value.Dispose();
        kept.Clear();
    }
}

namespace Anit.Nlu.Scoring;

/// <summary>Compares two answers as multisets of items.</summary>
static class Matching
{
    /// <summary>TP is the sum of the smaller multiplicities, FP and FN what is left over on either side, given per label.</summary>
    public static IEnumerable<(string Label, Counts Counts)> ByLabel(IEnumerable<ItemKeys.Key> gold, IEnumerable<ItemKeys.Key> predicted)
    {
        var left = new Dictionary<string, (string Label, int Count)>(StringComparer.Ordinal);
        foreach (var key in gold) left[key.Text] = (key.Label, left.GetValueOrDefault(key.Text).Count + 1);
        foreach (var key in predicted)
        {
            var (label, wanted) = left.GetValueOrDefault(key.Text);
            if (wanted > 0) left[key.Text] = (label, wanted - 1);
            yield return wanted > 0 ? (label, new(1, 0, 0)) : (key.Label, new(0, 1, 0));
        }
        foreach (var (label, missed) in left.Values)
        {
            if (missed > 0) yield return (label, new(0, 0, missed));
        }
    }
}

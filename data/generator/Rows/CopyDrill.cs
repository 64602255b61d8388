namespace Anit.Samples;

/// <summary>The first lesson of the base model: repeat words in no order at all, each as likely as any other.</summary>
/// <remarks>A small transformer learns to look back and copy within some hundred steps of this, and hardly ever on real sentences, where
/// guessing the frequent word pays sooner. Row i is a pure function of (seed, i).</remarks>
internal sealed class CopyDrill
{
    const int Sampled = 20_000; // rows of the mix whose words are drawn from
    const int Shortest = 3, Longest = 12;

    readonly ulong seed;
    readonly List<string> words;

    public CopyDrill(Grammar grammar, ulong seed)
    {
        this.seed = seed;
        words = [.. new BaseMix(grammar, seed).Rows(Sampled).SelectMany(r => r.Text?.Split(' ') ?? [])
            .Select(w => w.Trim('.', ',', ';', ':', '?', '!'))
            .Where(w => w.Length > 0).Distinct().Order(StringComparer.Ordinal)];
    }

    public IEnumerable<Row> Rows(long count)
    {
        for (var i = 0L; i < count; i++) yield return At(i);
    }

    public Row At(long index)
    {
        var rng = new Rng(Rng.Key(seed, "drill", index));
        var text = string.Join(' ', Enumerable.Range(0, Shortest + rng.Below(Longest - Shortest + 1)).Select(_ => rng.Pick(words)));
        return new($"drill/{index:D6}", "other", "Copy the text.", null, null, null, text, text);
    }
}

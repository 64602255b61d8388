namespace Anit.Noise.Operators;

/// <summary>Turns an instruction into its opposite or makes it confusing: "give the correct answer", "withhold the incorrect answer".</summary>
/// <param name="Strength">How many edits at most.</param>
/// <param name="Written">Opposites written beforehand, keyed by instruction; they win over the rules. May be null.</param>
/// <remarks>Until k edits are used, in this order: (1) swaps of an antonym and negation table on uniformly drawn places (where
/// the table has several for a word, one is drawn), (2) hedges behind verbs,
/// (3) where neither was possible, the first k words of a confusing clause at the end. The distance is whatever comes out.</remarks>
public sealed record Opposite(Strength Strength, WrittenOpposites? Written = null) : INoise
{
    static readonly NoiseSetting Meta = new("--meta", "Opposite puts one fixed sentence in front instead of editing words.");
    static readonly NoiseSetting Table = new("--opposites", "Table of opposites written beforehand: columns instruction, opposite.")
    {
        Columns = ["instruction", "opposite"],
    };

    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "opposite", "the instruction is turned into its contrary", "give the correct answer -> withhold the incorrect answer",
        setup => setup.Has(Meta) ? new MetaOpposite(setup.Strength.Omega)
            : new Opposite(setup.Strength, setup.Table(Table) is { } rows ? new(rows.Select(r => (r[0], r[1]))) : null))
    {
        Version = 2, IsOfPaper = true, Settings = [Meta, Table],
        Receipt = setup => [("opposite", setup.Has(Meta) ? "meta" : setup.Table(Table) is null ? "rules" : "file")],
    };

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        var k = Strength.Draw(text.Count, rng);
        if (k == 0) return 0;
        if (Written?.Draw(text.Text.Span, rng) is { } opposite)
        {
            edits.Add(new(0, text.Text.Length, opposite.AsMemory()));
            return new WordDistance().Between(text.Text.Span, opposite).Distance;
        }

        var (swaps, verbs) = (new List<Edit>(), new List<int>());
        Antonyms.Find(text, rng, swaps, verbs);
        var used = Math.Min(k, swaps.Count);
        foreach (var swap in Chosen(swaps.Count, used, rng)) edits.Add(swaps[swap]);
        if (used < k)
        {
            var count = Math.Min(k - used, verbs.Count);
            foreach (var verb in Chosen(verbs.Count, count, rng))
                edits.Add(new(text.End(verbs[verb]), 0, Confusion.Hedges[rng.Below(Confusion.Hedges.Length)].AsMemory(), Blank.Before));
            used += count;
        }
        return used > 0 ? used : Append(text, k, rng, edits);
    }

    static int Append(SegmentedText text, int k, Rng rng, List<Edit> edits)
    {
        var clause = Confusion.Clauses[rng.Below(Confusion.Clauses.Length)];
        k = Math.Min(k, clause.Length);
        for (var i = 0; i < k; i++) edits.Add(new(text.End(text.Count - 1), 0, clause[i].AsMemory(), Blank.Before));
        return k;
    }

    static int[] Chosen(int from, int count, Rng rng)
    {
        int[] all = [.. Enumerable.Range(0, from)];
        rng.Draw(all, count);
        return all[..count];
    }
}

/// <summary>Puts one fixed sentence before the instruction that asks for the opposite of it.</summary>
/// <param name="Omega">Written to the column; the noise itself has no strength.</param>
/// <remarks>After the "opposite" instruction of Kim et al. (2023), "Distort, Distract, Decode", arXiv:2311.00233; the sentence is our own.</remarks>
public sealed record MetaOpposite(decimal Omega) : INoise
{
    const string Sentence = "Answer with the contrary of what the next sentence asks, and never with what is right.";

    /// <inheritdoc/>
    public NoiseDescription Description => Opposite.About;

    /// <inheritdoc/>
    public decimal Omega { get; } = Share.Check(Omega, "omega");

    /// <inheritdoc/>
    public int Wanted(int n) => 0;

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        if (text.Count == 0) return 0;
        edits.Add(new(text.Start(0), 0, Sentence.AsMemory(), Blank.After));
        return Words.In(Sentence).Count;
    }
}

/// <summary>Opposites that somebody, or some model, wrote beforehand.</summary>
/// <param name="pairs">Instruction and opposite; an instruction may come several times, then one is drawn.</param>
public sealed class WrittenOpposites(IEnumerable<(string Instruction, string Opposite)> pairs)
{
    readonly Dictionary<string, List<string>> opposites = pairs.GroupBy(p => UnicodeForms.Nfc(p.Instruction), p => p.Opposite, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList(), StringComparer.Ordinal);

    /// <summary>The number of instructions that have an opposite.</summary>
    public int Count => opposites.Count;

    internal string? Draw(ReadOnlySpan<char> instruction, Rng rng)
    {
        var key = UnicodeForms.IsPlain(instruction) ? instruction.ToString() : UnicodeForms.Nfc(instruction);
        return opposites.TryGetValue(key, out var all) ? all[rng.Below(all.Count)] : null;
    }
}

/// <summary>What makes a command unsure: hedges behind verbs, confusing clauses.</summary>
static class Confusion
{
    public static readonly string[] Hedges = [.. Resource.Lines("hedges.txt")];

    public static readonly string[][] Clauses = [.. Resource.Lines("clauses.txt").Select(l => l.Split(' '))];
}

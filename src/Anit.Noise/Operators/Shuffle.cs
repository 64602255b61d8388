namespace Anit.Noise.Operators;

/// <summary>How words change places.</summary>
public enum ShuffleKind
{
    /// <summary>A block from one end moves inside.</summary>
    Block,

    /// <summary>Single words are permuted.</summary>
    Permute,
}

/// <summary>Moves k words; what lies between the words stays in its place.</summary>
/// <param name="Strength">How many.</param>
/// <param name="Kind">Block or permutation.</param>
/// <remarks>Block: the first or last k words (a coin) are cut and put back before a uniformly drawn interior place of the rest; k is at most n - 2,
/// two words are swapped, and k = n permutes all. Permute: a uniformly drawn order, not the old one, of max(k, 2) positions. Where all words differ a
/// block's distance is 2 min(k, words passed over), hence even. Protected words keep their places and the others move around them.</remarks>
public sealed record Shuffle(Strength Strength, ShuffleKind Kind = ShuffleKind.Block) : INoise
{
    static readonly NoiseSetting Moves = new("--shuffle", "What shuffle moves: a block from one end, or single words")
    {
        Words = ["block", "permute"],
    };

    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "shuffle", "words change places", "give the correct answer -> the give correct answer",
        setup => new Shuffle(setup.Strength, Enum.Parse<ShuffleKind>(setup.Word(Moves), ignoreCase: true)))
    {
        IsOfPaper = true, Settings = [Moves], Receipt = setup => [("shuffle", setup.Word(Moves))],
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
        var n = text.Free.Length;
        var k = Math.Min(Strength.Draw(text.Count, rng), n);
        if (k == 0 || n < 2) return 0;
        if (n == 2) return Swap(text, edits);
        return Kind == ShuffleKind.Permute || k == n ? Permute(text, Math.Max(k, 2), rng, edits) : MoveBlock(text, Math.Min(k, n - 2), rng, edits);
    }

    static int Swap(SegmentedText text, List<Edit> edits)
    {
        Put(text, text.Free[0], text.Free[1], edits);
        Put(text, text.Free[1], text.Free[0], edits);
        return 2;
    }

    static int MoveBlock(SegmentedText text, int k, Rng rng, List<Edit> edits)
    {
        var free = text.Free;
        var rest = free.Length - k;
        var first = rng.Coin();
        var place = 1 + rng.Below(rest - 1); // before word `place` of the rest, never at its ends
        var passed = first ? place : rest - place;
        // Two neighbouring blocks change places: the moved one and the words it passes over.
        var start = first ? 0 : free.Length - k - passed;
        var (left, size) = first ? (k, k + passed) : (passed, k + passed);
        for (var i = 0; i < size; i++)
            Put(text, free[start + i], free[start + (i + left) % size], edits);
        return k;
    }

    static int Permute(SegmentedText text, int k, Rng rng, List<Edit> edits)
    {
        Span<int> places = k <= 256 ? stackalloc int[k] : new int[k];
        text.DrawPositions(k, rng).CopyTo(places);
        places.Sort();
        Span<int> order = k <= 256 ? stackalloc int[k] : new int[k];
        do
        {
            places.CopyTo(order);
            rng.Draw(order, k);
        }
        while (order.SequenceEqual(places));
        for (var i = 0; i < k; i++) Put(text, places[i], order[i], edits);
        return k;
    }

    static void Put(SegmentedText text, int position, int word, List<Edit> edits)
    {
        if (position != word) edits.Add(new(text.Start(position), text.End(position) - text.Start(position), text.Memory(word)));
    }
}

using System.Text;

namespace Anit.Noise;

/// <summary>What came of one row's noise.</summary>
/// <param name="Noise">The kind of noise.</param>
/// <param name="Edited">How many words were edited.</param>
/// <param name="Unchanged">Whether the text is still the clean one, after all redraws.</param>
/// <param name="Wanted">How many words the strength asked for, k(omega, n) at most.</param>
public readonly record struct Noised(INoise Noise, int Edited, bool Unchanged, int Wanted);

/// <summary>A kind of noise and its weight in a mixture.</summary>
/// <param name="Noise">The noise.</param>
/// <param name="Weight">Its weight, above 0; weights need not add up to 1.</param>
public readonly record struct Weighted(INoise Noise, decimal Weight = 1);

/// <summary>Makes one instruction after another noisy. The same seed, row id and options give the same text, whatever ran before; one object per
/// thread.</summary>
/// <remarks>Streams are keyed by (seed, row id, <c>noise/</c> and the operator's name, epoch); a mixture draws the operator from the stream
/// <c>mixture</c>.</remarks>
public sealed class Noiser
{
    const int Redraws = 8;

    readonly Weighted[] mixture;
    readonly KeyedStreams[] streams;
    readonly KeyedStreams choice;
    readonly decimal total;
    readonly Segmenter segmenter;
    readonly Protection? protection;
    readonly Rng rng = new();
    readonly TextBuffer noisy = new();
    readonly List<Edit> edits = [];

    /// <summary>Noise of one kind, or a weighted mixture of several.</summary>
    /// <param name="mixture">The kinds and their weights.</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="epoch">The epoch, where noise is drawn anew in each.</param>
    /// <param name="segmenter">What counts as a word.</param>
    /// <param name="protection">Words that stay.</param>
    public Noiser(IEnumerable<Weighted> mixture, ulong seed, int? epoch = null, Segmenter segmenter = Segmenter.Auto, Protection? protection = null)
    {
        this.mixture = [.. mixture];
        this.segmenter = segmenter;
        this.protection = protection;
        if (this.mixture.Length == 0) throw new ArgumentException("a mixture needs at least one noise", nameof(mixture));
        foreach (var part in this.mixture)
        {
            if (part.Weight <= 0)
                throw new ArgumentOutOfRangeException(nameof(mixture), part.Weight,
                    $"the weight of {part.Noise.Name} is {part.Weight}; expected a number above 0");
        }
        total = this.mixture.Sum(p => p.Weight);
        streams = [.. this.mixture.Select(p => new KeyedStreams(seed, "noise/" + p.Noise.Name, epoch))];
        choice = new(seed, "mixture", epoch);
    }

    /// <summary>The clean text of the last row.</summary>
    public SegmentedText Clean { get; } = new();

    /// <summary>The noisy text of the last row.</summary>
    public ReadOnlySpan<char> Text => noisy.Text;

    /// <summary>The edits that were applied to the last row, by place.</summary>
    public IReadOnlyList<Edit> Applied => edits;

    /// <summary>Makes a row noisy; the result is in <see cref="Text"/>.</summary>
    /// <param name="id">The row's id in UTF-8.</param>
    /// <param name="instruction">The clean instruction in UTF-8.</param>
    /// <param name="forbidden">Words that must not come in: the row's labels.</param>
    public Noised Apply(ReadOnlySpan<byte> id, ReadOnlySpan<byte> instruction, ForbiddenWords? forbidden = null)
    {
        Clean.LoadUtf8(instruction, id, segmenter, protection, forbidden);
        var which = Choose(id);
        var noise = mixture[which].Noise;
        rng.Restart(streams[which].Of(id));

        var unchanged = true;
        var edited = 0;
        for (var draw = 0; unchanged && draw <= Redraws; draw++)
        {
            edits.Clear();
            edited = noise.Propose(Clean, rng, edits);
            Edits.Apply(Clean.Text.Span, edits, Clean.Graphemes, noisy);
            unchanged = UnicodeForms.Same(noisy.Text, Clean.Text.Span);
            if (edited == 0 || Clean.Count < 2) break; // another draw could not change it either
        }
        return new(noise, edited, unchanged, noise.Wanted(Clean.Count));
    }

    /// <summary>The noisy form of a text, for programs that have strings.</summary>
    public string Apply(string id, string instruction, ForbiddenWords? forbidden = null)
    {
        Apply(Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(instruction), forbidden);
        return noisy.ToString();
    }

    int Choose(ReadOnlySpan<byte> id)
    {
        if (mixture.Length == 1) return 0;
        rng.Restart(choice.Of(id));
        var left = (decimal)rng.Unit() * total;
        for (var i = 0; i < mixture.Length - 1; i++)
        {
            left -= mixture[i].Weight;
            if (left < 0) return i;
        }
        return mixture.Length - 1;
    }
}

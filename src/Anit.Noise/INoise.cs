namespace Anit.Noise;

/// <summary>A kind of noise: proposes the edits that make an instruction noisy; <see cref="Edits.Apply(ReadOnlySpan{char}, List{Edit}, bool)"/>
/// applies them.</summary>
/// <remarks>An operator is immutable and checked when made, does no offset arithmetic beyond word boundaries, and draws only from the generator it is
/// given. One with a static property of type <see cref="NoiseDescription"/> is found by <see cref="NoiseKinds"/>, and with it by
/// anit-noise.</remarks>
public interface INoise
{
    /// <summary>What the operator says about itself.</summary>
    NoiseDescription Description { get; }

    /// <summary>The name written to the column <c>noise</c>, and part of the key of the row's random stream.</summary>
    string Name => Description.Name;

    /// <summary>The share of words it was asked to change.</summary>
    decimal Omega { get; }

    /// <summary>How many words of a text of <paramref name="n"/> the strength asks for, at most.</summary>
    int Wanted(int n);

    /// <summary>Proposes one draw of this noise.</summary>
    /// <param name="text">The clean instruction.</param>
    /// <param name="rng">The row's generator.</param>
    /// <param name="edits">Receives the edits.</param>
    /// <returns>How many words were edited.</returns>
    int Propose(SegmentedText text, Rng rng, List<Edit> edits);
}

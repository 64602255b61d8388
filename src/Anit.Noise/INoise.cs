namespace Anit.Noise;

/// <summary>A kind of noise: proposes the edits that make an instruction noisy; <see cref="Edits.Apply(ReadOnlySpan{char}, List{Edit}, bool)"/> applies them.</summary>
/// <remarks>An operator is immutable and checked when made, does no offset arithmetic beyond word boundaries, and draws only from the generator it is given.</remarks>
public interface INoise
{
    /// <summary>The name written to the column <c>noise</c>, and part of the key of the row's random stream.</summary>
    string Name { get; }

    /// <summary>The share of words it was asked to change.</summary>
    decimal Omega { get; }

    /// <summary>Proposes one draw of this noise.</summary>
    /// <param name="text">The clean instruction.</param>
    /// <param name="rng">The row's generator.</param>
    /// <param name="edits">Receives the edits.</param>
    /// <returns>How many words were edited.</returns>
    int Propose(Passage text, Rng rng, List<Edit> edits);
}

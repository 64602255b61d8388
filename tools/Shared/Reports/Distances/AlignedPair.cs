namespace Anit.Tools.Reports.Distances;

/// <summary>A clean text over its noisy one, word above word, changed words marked.</summary>
/// <param name="Pair">The texts.</param>
/// <param name="About">What is said above them.</param>
/// <param name="Segmenter">What a word is.</param>
sealed record AlignedPair(NoisyPair Pair, string About, Segmenter Segmenter) : IPart
{
    const int MostCharacters = 2_000;

    /// <inheritdoc/>
    public void Write(Markup page)
    {
        page.Open("article", ("class", "pair")).Open("p", ("class", "note")).Text(About + " · ").Add("code", Pair.Id).Close();
        if (Math.Max(Pair.Clean.Length, Pair.Noisy.Length) > MostCharacters)
            page.Add("p", $"{Numbers.Whole(Pair.Clean.Length)} and {Numbers.Whole(Pair.Noisy.Length)} characters, too long to show.").Close().Line();
        else
        {
            page.Open("p", ("class", "gloss"));
            foreach (var step in Alignment.Of(Pair.Clean, Pair.Noisy, Segmenter)) Step(page, step);
            page.Close().Close().Line();
        }
    }

    void Step(Markup page, Step step)
    {
        var (clean, noisy) = (Pair.Clean[step.Clean], Pair.Noisy[step.Noisy]);
        page.Open("span");
        _ = step.Change switch
        {
            // Read aloud once: the second line says the same.
            Change.Kept => page.Add("span", clean).Add("span", noisy, ("aria-hidden", "true")),
            Change.Deleted => page.Add("del", clean).Add("span", "\u00A0"),
            Change.Inserted => page.Add("span", "\u00A0").Add("ins", noisy),
            _ => page.Add("del", clean).Add("ins", noisy),
        };
        page.Close().Text(" ");
    }
}

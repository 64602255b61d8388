namespace Anit.Nlu.Prompts;

/// <summary>Shortens a row's text, and nothing else, until its prompt fits a number of tokens.</summary>
public static class PromptFitting
{
    /// <summary>The prompt with as many leading words of the text as fit; instruction, options and answer are never cut.</summary>
    /// <param name="template">The template to render with.</param>
    /// <param name="row">The row.</param>
    /// <param name="instruction">Another instruction than the row's raw one, or null.</param>
    /// <param name="limit">Tokens the prompt may have; leave room for the answer.</param>
    /// <param name="tokens">Counts the tokens of a prompt.</param>
    /// <returns>The prompt, and whether the text was cut; null when it does not fit even without any text.</returns>
    public static (RenderedPrompt Prompt, bool Cut)? Fit(
        PromptTemplate template, NluRow row, string? instruction, int limit, Func<string, int> tokens)
    {
        var whole = template.Render(row, instruction);
        if (tokens(whole.Text) <= limit) return (whole, false);

        var text = row.Text ?? "";
        var ends = WordEnds(text);
        RenderedPrompt? best = null;
        for (var (low, high) = (0, ends.Count - 1); low <= high;)
        {
            var middle = (low + high) / 2;
            var shorter = template.Render(row with { Text = text[..ends[middle]] }, instruction);
            if (tokens(shorter.Text) <= limit) (best, low) = (shorter, middle + 1);
            else high = middle - 1;
        }
        return best is { } fitting ? (fitting, true) : null;
    }

    // Offsets behind each word, beginning with 0 for no word at all.
    static List<int> WordEnds(string text)
    {
        var ends = new List<int> { 0 };
        for (var i = 1; i <= text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i - 1]) && (i == text.Length || char.IsWhiteSpace(text[i]))) ends.Add(i);
        }
        return ends;
    }
}


namespace Anit.Remote.Embeddings;

/// <summary>Cuts texts, in their order, into batches of at most so many texts and tokens.</summary>
public static class TextBatches
{
    /// <summary>The batches; a text larger than a batch may be is one of its own.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="mostTexts">Texts a batch.</param>
    /// <param name="mostTokens">Tokens a batch, as estimated.</param>
    public static IEnumerable<(IReadOnlyList<string> Texts, int Tokens)> Of(IEnumerable<string> texts, int mostTexts, int mostTokens)
    {
        var (batch, sum) = (new List<string>(), 0);
        foreach (var text in texts)
        {
            var tokens = TokenEstimate.Of(text);
            if (batch.Count > 0 && (batch.Count == mostTexts || sum + tokens > mostTokens))
            {
                yield return (batch, sum);
                (batch, sum) = ([], 0);
            }
            batch.Add(text);
            sum += tokens;
        }
        if (batch.Count > 0) yield return (batch, sum);
    }
}

namespace Anit.Tools.Score.Embedders;

/// <summary><c>--method bertscore</c>: 1 - F1 of greedily matched token states, of the last layer of a model on this machine.</summary>
/// <param name="model">The model; disposed by its owner.</param>
/// <param name="measured">Told how many pairs have been measured so far.</param>
sealed class BertScore(ModelEmbedder model, Action<long> measured) : IPairDistance
{
    const int PairsAtOnce = 64; // states take hundreds of times the room of a text's vector

    long done;

    /// <inheritdoc/>
    public string Name => Methods.BertScore;

    /// <inheritdoc/>
    public string Signature => model.Signature;

    /// <inheritdoc/>
    public ValueTask<double[]> MeasureAsync(IReadOnlyList<(string Clean, string Noisy)> pairs, CancellationToken stop = default)
    {
        var distortions = new List<double>(pairs.Count);
        foreach (var part in pairs.Chunk(PairsAtOnce))
        {
            string[] texts = [.. part.SelectMany(p => (string[])[p.Clean, p.Noisy]).Distinct(StringComparer.Ordinal)];
            var states = ModelEmbedder.Run(() => States(texts, stop));
            foreach (var (clean, noisy) in part)
            {
                var ((n, noisyCounts), (c, cleanCounts)) = (states[noisy], states[clean]);
                distortions.Add(clean == noisy ? 0 : Math.Clamp(1 - TokenMatching.F1(n, noisyCounts, c, cleanCounts), 0, 1));
            }
            measured(done += part.Length);
        }
        return new([.. distortions]);
    }

    /// <summary>Each text's token states, and which tokens are its own: not those that the model's template puts around it.</summary>
    Dictionary<string, (float[] States, bool[] Own)> States(string[] texts, CancellationToken stop)
    {
        var template = model.Encoder.Tokenizer.EncodeWithSpecials("").ToHashSet();
        var found = new Dictionary<string, (float[], bool[])>(StringComparer.Ordinal);
        model.Encoder.States(texts, (text, ids, states) =>
            found.Add(texts[text], (states.ToArray(), Array.ConvertAll(ids, id => !template.Contains(id)))), stop);
        return found;
    }
}

namespace Anit.Tools.Train;

/// <summary>Says once what the diagnostics mean when they show that the method is not doing what its name says.</summary>
sealed class Warnings(TrainOptions options)
{
    bool inert, idle;

    /// <summary>What the rows alone tell, or null.</summary>
    public static string? AtStart(TrainOptions options, TrainingRows rows) =>
        options.Attack is NoiseResponse { Lambda: > 0 } && rows.OneBeta is { } beta
            ? $"beta is {beta:0.####} in every noisy row, so the noise response only rescales epsilon by {1 - beta:0.####} for all of them alike; to "
                + "test it take several instructions or several numbers of edits and score by row (anit-score --scope row)"
            : null;

    /// <summary>A warning that has not been given before, or null.</summary>
    public string? Of(TrainLog log)
    {
        if (!inert && options.Attack is NoiseResponse { Radius: Radius.Fixed } && log.BoundShare > 0.95)
        {
            inert = true;
            return $"the projection onto the fixed radius binds for {log.BoundShare:P0} of the samples, so beta changes nothing; --radius responsive "
                + "keeps the noise response";
        }
        if (!idle && log.Cosine < 0.05)
        {
            idle = true;
            return $"the perturbation is random: its cosine with the gradient is {log.Cosine:0.000}; "
                + $"{(options.Attack is FreeLb { Steps: 1 } ? "raise --steps" : "raise --alpha")} for an adversary";
        }
        return null;
    }
}

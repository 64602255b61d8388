namespace Anit.Tools.Train;

/// <summary>Says once what the diagnostics mean when they show that the method is not doing what its name says.</summary>
sealed class Warnings(TrainOptions options)
{
    bool inert, idle;

    /// <summary>A warning that has not been given before, or null.</summary>
    public string? Of(TrainLog log)
    {
        if (options.Attack is not NoiseResponse nrm) return null;
        if (!inert && nrm.Radius == Radius.Fixed && log.BoundShare > 0.95)
        {
            inert = true;
            return $"the projection onto the fixed radius binds for {log.BoundShare:P0} of the samples, so beta changes nothing; --radius responsive "
                + "keeps the noise response";
        }
        if (!idle && log.Cosine < 0.05)
        {
            idle = true;
            return $"the perturbation is random: its cosine with the gradient is {log.Cosine:0.000}; raise --alpha for an adversary";
        }
        return null;
    }
}

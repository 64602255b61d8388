using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Train;

/// <summary>Development rows that a training is watched by.</summary>
sealed class DevFlags
{
    public readonly Option<string?> Rows = new("--eval")
    {
        Description = "Development rows: their loss and Micro-F1, by greedy answers, raw and noisy where they have noisy instructions; the best "
            + "weights are kept.",
        HelpName = "table",
    };
    public readonly Option<int> Every = Opt.Count("--eval-every",
        "Optimizer steps between two looks at the rows of --eval; 0 for one after each epoch. There is always one after the last step.", 0, from: 0);
    public readonly Option<int> Patience = Opt.Count("--patience",
        "End after so many looks at the rows of --eval without better scores; 0 for never before the last step.", 0, from: 0);
    public readonly Option<int> MaxNewTokens = Opt.Count("--max-new-tokens", "Tokens that an answer to a row of --eval may have.", 128);

    /// <summary>All of them, in the order of the help.</summary>
    public Option[] All => [Rows, Every, Patience, MaxNewTokens];

    /// <summary>Those that change the result, where there are rows.</summary>
    public Option[] Deciding(ParseResult given) => given.GetValue(Rows) is null ? [] : [Every, Patience, MaxNewTokens];

    /// <summary>Refuses options without rows.</summary>
    public void Check(ParseResult given)
    {
        if (given.GetValue(Rows) is null && All.FirstOrDefault(given.Has) is { } idle)
            throw new UserError($"{idle.Name} has no effect without {Rows.Name}; name development rows or leave it out", Exit.Usage);
    }
}

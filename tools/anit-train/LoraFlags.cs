using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Train;

/// <summary>Which low-rank update is trained: a new one, or an adapter's that is there.</summary>
sealed class LoraFlags
{
    public readonly Option<string?> InitAdapter = new("--init-adapter")
    {
        Description = "Go on from this adapter in PEFT's format: weights, rank, alpha and targets are its own, and so are dropout and, of an adapter "
            + "of ours, the prompt, unless they are given.",
        HelpName = "folder",
    };
    public readonly Option<int> Rank = Opt.Count("--rank", "LoRA rank r, at most the model's hidden_size.", 16, to: LoraOptions.MostRank);
    public readonly Option<double> Alpha = Opt.Number("--lora-alpha", "LoRA scale: the update is alpha/r · B A.", 16, 0, 1e6);
    public readonly Option<double> Dropout = Opt.Number("--dropout", "LoRA dropout.", 0.05, 0, 0.99);
    public readonly Option<string[]> Targets = Opt.Names("--targets", "Linear layers that get LoRA, by name; all seven when absent.");
    public readonly Option<bool> Dora = new("--dora") { Description = "DoRA: train magnitudes and directions of the weights apart (slower)." };
    public readonly Option<bool> RsLora = new("--rslora") { Description = "Scale by alpha/√r." };

    /// <summary>All of them, in the order of the help.</summary>
    public Option[] All => [Rank, Alpha, Dropout, Targets, RsLora, Dora, InitAdapter];

    /// <summary>The update to train.</summary>
    /// <exception cref="UserError">An option says other than the adapter that is gone on from.</exception>
    public LoraOptions Of(ParseResult given)
    {
        if (given.GetValue(InitAdapter) is { } folder) return Of(given, folder, PeftAdapter.ReadOptions(folder));
        var lora = new LoraOptions
        {
            Rank = given.GetValue(Rank), Alpha = given.GetValue(Alpha), Dropout = given.GetValue(Dropout), RsLora = given.GetValue(RsLora),
            Dora = given.GetValue(Dora),
        };
        return given.GetValue(Targets) is { Length: > 0 } targets ? lora with { Targets = targets } : lora;
    }

    /// <summary>What an update is, by option.</summary>
    public IEnumerable<(Option Option, object? Value)> Resolved(LoraOptions? lora) => lora is null ? [] :
    [
        (Rank, lora.Rank), (Alpha, lora.Alpha), (Dropout, lora.Dropout), (Targets, lora.Targets), (RsLora, lora.RsLora), (Dora, lora.Dora),
    ];

    LoraOptions Of(ParseResult given, string folder, LoraOptions there)
    {
        Agree(Rank, given.GetValue(Rank), there.Rank);
        Agree(Alpha, given.GetValue(Alpha), there.Alpha);
        Agree(RsLora, given.GetValue(RsLora), there.RsLora);
        Agree(Dora, given.GetValue(Dora), there.Dora);
        Agree(Targets, Sorted(given.GetValue(Targets) ?? []), Sorted(there.Targets));
        return given.Has(Dropout) ? there with { Dropout = given.GetValue(Dropout) } : there;

        void Agree<T>(Option option, T here, T adapter)
        {
            if (given.Has(option) && !Equals(here, adapter))
                throw new UserError($"{option.Name} is {Word(here)}, but the adapter {folder} has {Word(adapter)}, which stays what it is; leave "
                    + $"{option.Name} out, or begin anew without {InitAdapter.Name}", Exit.Usage);
        }
    }

    static string Sorted(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));

    static string Word<T>(T value) => value is bool flag ? flag ? "true" : "false" : $"{value}";
}

using System.CommandLine;
using System.Globalization;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data fewshot FILE -o NAME-{}.parquet</c>: 1 %, 5 % and 10 % of the rows, each within the next.</summary>
static class FewshotCommand
{
    const int Version = 1; // raised whenever equal options choose other rows

    public static Command Create()
    {
        var files = new StageFlags();
        var output = Parts.Pattern();
        var shares = new Option<string>("--shares") { Description = "Percentages of the rows.", DefaultValueFactory = _ => "1,5,10",
            HelpName = "percent,..." };
        shares.Validators.Add(r => { if (Read(r.GetValueOrDefault<string>() ?? "") is null) r.AddError("--shares takes percentages above 0, up to "
            + "100, such as 1,5,10"); });
        var (by, id) = (RowChoice.By(), RowChoice.Id());
        var seed = Opt.Seed();
        var command = new Command("fewshot", "Takes small shares of a training set, nested and, with --by, stratified.") { files.Input, output,
            shares, by, id, seed, files.Force, files.Explain, files.Cache, files.Quiet }
            .Example("anit-data fewshot train.parquet --by target -o few-{}.parquet");
        command.SetAction(async (given, stop) =>
        {
            var percents = Read(given.GetValue(shares)!)!;
            var choice = new RowChoice(given.GetValue(id)!, given.GetValue(by), given.GetValue(seed));
            var stage = files.Of(given);
            await Parts.RunAsync(stage, given.GetValue(output)!, [.. percents.Select(percent => percent.ToString(CultureInfo.InvariantCulture))],
                part => new Stage("anit-data fewshot", Version) { Options = choice.Options().With("percent", percents[part]), Seed = choice.Seed },
                table => choice.RankAsync("fewshot", table, stage.Input, stop), (ranks, part) => Rows(ranks, percents[part], choice.Group), stop);
            return Exit.Done;
        });
        return command;
    }

    // The first of each stratum's ranked rows: a larger share holds the smaller ones. Every stratum keeps one row at least.
    static bool[] Rows(RowRanks ranks, decimal percent, string? group)
    {
        var (place, size) = ranks.Places();
        bool[] chosen = [.. place.Select((at, row) => at < Math.Max(1, (int)Math.Round(percent * size[row] / 100, MidpointRounding.AwayFromZero)))];
        var share = 100m * chosen.Count(row => row) / Math.Max(1, chosen.Length);
        if (share > 2 * percent && group is not null)
            Notice.Say(string.Create(CultureInfo.InvariantCulture, $"{share:0.#} % instead of {percent} %: a row of every value of {group}, which "
                + $"has many; name a column of labels with --by"));
        return chosen;
    }

    static List<decimal>? Read(string text)
    {
        var percents = new List<decimal>();
        foreach (var part in text.Split(','))
        {
            if (!decimal.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent is <= 0 or > 100)
                return null;
            percents.Add(percent);
        }
        return percents;
    }
}

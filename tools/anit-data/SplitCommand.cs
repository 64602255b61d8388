using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data split FILE --parts train=0.8,dev=0.1,test=0.1 -o NAME-{}.parquet</c>: every row in exactly one part.</summary>
static class SplitCommand
{
    const int Version = 2; // raised whenever equal options choose other rows

    public static Command Create()
    {
        var files = new StageFlags();
        var output = Parts.Pattern();
        var parts = new Option<string>("--parts") { Description = "Names and shares, which sum to 1.",
            DefaultValueFactory = _ => "train=0.8,dev=0.1,test=0.1", HelpName = "name=share,..." };
        parts.Validators.Add(r => { if (Read(r.GetValueOrDefault<string>() ?? "") is null) r.AddError("--parts takes names and shares that sum to 1, "
            + "such as train=0.8,dev=0.1,test=0.1"); });
        var (by, id) = (RowChoice.By(), RowChoice.Id());
        var seed = Opt.Seed();
        var command = new Command("split", "Splits a table at random, each part in the rows' order.") { files.Input, output, parts, by, id, seed,
            files.Force, files.Explain, files.Cache, files.Quiet }
            .Example("anit-data split sst2.parquet --parts train=0.9,dev=0.1 --by target -o sst2-{}.parquet");
        command.SetAction(async (given, stop) =>
        {
            var shares = Read(given.GetValue(parts)!)!;
            var choice = new RowChoice(given.GetValue(id)!, given.GetValue(by), given.GetValue(seed));
            var stage = files.Of(given);
            var all = new JsonArray([.. shares.Select(share => (JsonNode)new JsonArray(share.Name, share.Share))]);
            await Parts.RunAsync(stage, given.GetValue(output)!, [.. shares.Select(share => share.Name)],
                part => new Stage("anit-data split", Version) { Options = choice.Options().With("parts", all.DeepClone())
                    .With("part", shares[part].Name), Seed = choice.Seed },
                table => choice.RankAsync("split", table, stage.Input, stop), (ranks, part) => Rows(ranks, shares, part), stop);
            return Exit.Done;
        });
        return command;
    }

    static bool[] Rows(RowRanks ranks, List<(string Name, decimal Share)> shares, int part) =>
        [.. ranks.Parts([.. shares.Select(share => share.Share)]).Select(other => other == part)];

    static List<(string Name, decimal Share)>? Read(string text)
    {
        var shares = new List<(string, decimal)>();
        foreach (var part in text.Split(','))
        {
            if (part.Split('=') is not [{ Length: > 0 } name, var number]
                || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)) return null;
            shares.Add((name, share));
        }
        return shares.Sum(share => share.Item2) == 1 && shares.DistinctBy(share => share.Item1).Count() == shares.Count ? shares : null;
    }
}

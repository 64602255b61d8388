using System.CommandLine;
using System.Globalization;
using Anit.Cli;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data sample FILE -n N</c>: rows chosen by seed and id, in their order.</summary>
static class SampleCommand
{
    const int Version = 1; // raised whenever equal options choose other rows

    public static Command Create()
    {
        var files = new StageFlags();
        var rows = Opt.OptionalCount("--rows", "How many rows.", 0, "-n");
        var share = new Option<decimal?>("--share")
        {
            Description = "Which share of the rows, 0 to 1, instead of --rows.", HelpName = "share",
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1) return part;
                result.AddError($"--share is {text}; expected a number from 0 to 1");
                return null;
            },
        };
        var (by, id) = (RowChoice.By(), RowChoice.Id());
        var seed = Opt.Seed();
        var command = new Command("sample", "Chooses rows at random, the same for the same seed and ids.")
        {
            files.Input, files.Output, rows, share, by, id, seed, files.To, files.Force, files.Explain, files.Cache, files.Quiet,
        }.Example("anit-data sample train.parquet -n 1000 --seed 7 -o small.parquet", "anit-data sample train.parquet --share 0.1 --by target -o "
            + "tenth.parquet");
        command.SetAction((given, stop) => Run(files.Of(given), given.GetValue(rows), given.GetValue(share),
            new(given.GetValue(id)!, given.GetValue(by), given.GetValue(seed)), stop));
        return command;
    }

    static async Task<int> Run(StageIO files, int? rows, decimal? share, RowChoice choice, CancellationToken stop)
    {
        if (rows is null == share is null) throw new UserError("give either --rows or --share", Exit.Usage);
        await files.Output.CheckAsync(files.Input.Paths, stop);
        var options = choice.Options();
        if (rows is { } n) options["rows"] = n;
        else options["share"] = share / 1.0000000000000000000000000000m;
        var stage = new Stage("anit-data sample", Version) { Options = options, Seed = choice.Seed };
        await files.RunAsync(stage, async (table, create) =>
        {
            await table.KeepAsync(stop);
            var ranks = await choice.RankAsync("sample", table, files.Input, stop);
            if (rows > ranks.Rows && !files.Quiet)
                Notice.Say($"{files.Input.Name} has {ranks.Rows:N0} rows, fewer than the {rows:N0} asked for; all are taken");
            var chosen = ranks.First(rows ?? (int)Math.Round(share!.Value * ranks.Rows, MidpointRounding.AwayFromZero));
            await using var writer = create(table.Schema);
            await RowChoice.CopyAsync(table.ReadBatchesAsync(stop), chosen, writer, stop);
            await writer.FinishAsync();
        }, stop);
        return Exit.Done;
    }
}

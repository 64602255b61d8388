using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary>Writes several tables from one: the parts of a split, the sizes of a few-shot series. Each has its own receipt.</summary>
static class Parts
{
    const string Place = "{}";

    /// <summary>The outputs' names: <c>{}</c> stands for the part's name.</summary>
    public static Option<string> Pattern()
    {
        var pattern = new Option<string>("--output", "-o") { Description = "Where to write; {} stands for the part's name, as in sst2-{}.parquet.",
            HelpName = "pattern", Required = true };
        pattern.Validators.Add(r => { if (r.GetValueOrDefault<string>()?.Contains(Place, StringComparison.Ordinal) == false) r.AddError(
            "--output needs {} where the part's name goes, as in sst2-{}.parquet"); });
        return pattern;
    }

    /// <param name="io">Input and what the outputs share.</param>
    /// <param name="pattern">The outputs' names.</param>
    /// <param name="names">The parts.</param>
    /// <param name="stage">What decides a part.</param>
    /// <param name="choose">The rows of a part, once ids were ranked.</param>
    /// <param name="rank">Ranks the ids.</param>
    /// <param name="stop">Cancels.</param>
    public static async Task RunAsync(
        StageIO io, string pattern, IReadOnlyList<string> names, Func<int, Stage> stage, Func<RepeatableTable, Task<RowRanks>> rank,
            Func<RowRanks, int, bool[]> choose, CancellationToken stop)
    {
        var (files, source) = await InputFiles.KeepAsync(io.Input.Source(), stop); // read once a part, so a pipe is kept
        using var kept = files;
        RowRanks? ranks = null;
        for (var part = 0; part < names.Count; part++)
        {
            var at = part;
            var one = io with { Output = io.Output with { Path = pattern.Replace(Place, names[part], StringComparison.Ordinal) } };
            await one.Output.CheckAsync(io.Input.Paths, stop);
            await one.RunAsync(stage(part), source, async (table, create) =>
            {
                ranks ??= await rank(table);
                await using var writer = create(table.Schema);
                await RowChoice.CopyAsync(table.ReadBatchesAsync(stop), choose(ranks, at), writer, stop);
                await writer.FinishAsync();
            }, stop);
        }
    }

    /// <summary>Adds one entry to options.</summary>
    public static JsonObject With(this JsonObject options, string name, JsonNode value)
    {
        options[name] = value;
        return options;
    }
}

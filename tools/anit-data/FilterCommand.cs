using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data filter FILE --where EXPRESSION</c>: the rows for which an expression is true.</summary>
static class FilterCommand
{
    const int Version = 1; // raised whenever an expression chooses other rows

    public static Command Create()
    {
        var files = new StageFlags();
        var where = new Option<RowFilter>("--where", "-w")
        {
            Description = "Which rows: = != < <= > >= and or not in (...) between like 'a%' is null, + - * / %, || on text, length lower "
                + "upper contains starts_with ends_with abs coalesce is_nan; text and dates in single quotes, odd names in double ones.",
            HelpName = "expression", Required = true,
            CustomParser = result => Parsed.By(result, "--where", RowFilter.Parse),
        };
        var command = new Command("filter", "Chooses rows by an expression.")
        {
            files.Input, where, files.Output, files.To, files.Force, files.Explain, files.Cache, files.Quiet,
        }.Example("anit-data filter noisy.parquet --where \"task = 'ner' and beta > 0.2\" -o hard.parquet");
        command.SetAction((given, stop) => Run(files.Of(given), given.GetValue(where)!, stop));
        return command;
    }

    static async Task<int> Run(StageIO files, RowFilter where, CancellationToken stop)
    {
        await files.Output.CheckAsync(files.Input.Paths, stop);
        var stage = new Stage("anit-data filter", Version) { Options = new() { ["where"] = where.ToString() } };
        await files.RunAsync(stage, async (table, create) =>
        {
            Parsed.Bound("--where", () => where.Bind(table.Schema));
            await using var writer = create(table.Schema);
            using (var progress = new Progress("rows kept", files.Quiet))
            {
                long rows = 0;
                await foreach (var batch in table.ReadBatchesAsync(where, stop))
                {
                    await writer.WriteAsync(batch, stop);
                    progress.Report(rows += batch.Rows);
                }
            }
            await writer.FinishAsync(table.LateMetadata.Where(e => e.Key != Chain.Key).ToDictionary());
        }, stop);
        return Exit.Done;
    }
}

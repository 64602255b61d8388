using System.CommandLine;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data show FILE</c>: the first rows of a table of any format, fitted to the terminal.</summary>
static class ShowCommand
{
    const int WidthOfPipes = 120;

    public static Command Create()
    {
        var input = Opt.Input();
        var rows = new Option<int>("--rows", "-n") { Description = "How many rows.", DefaultValueFactory = _ => 10, HelpName = "n" };
        var columns = Opt.Names("--columns", "Only these columns, in this order.");
        var width = new Option<int?>("--width") { Description = "Characters a line; the terminal's width by default, 0 for no limit.",
            HelpName = "n" };
        foreach (var option in new Option[] { rows, width })
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens is [var token] && int.TryParse(token.Value, out var value) && value < 0)
                    result.AddError($"{option.Name} is {value}; expected 0 or more");
            });
        }

        var command = new Command("show", "Prints the first rows of a table.") { input, rows, columns, width }
            .Example("anit-data show train.parquet -n 5 --columns id text target");
        command.SetAction((given, stop) => Run(new(given.GetValue(input) ?? []), given.GetValue(rows), given.GetValue(columns), given.GetValue(width)
            ?? TableOutput.Width(WidthOfPipes), stop));
        return command;
    }

    static async Task<int> Run(TableInput input, int count, string[]? columns, int width, CancellationToken stop)
    {
        await using var reader = await input.OpenAsync(input.Wanting(columns) with { BatchRows = Math.Clamp(count, 1, 4_096) }, stop);
        await using var output = new StreamWriter(Streams.Stdout()); // not Console.Out, which writes on after the reader has left
        await using var table = new TextTable(output, reader.Schema, width, count);
        await foreach (var batch in reader.ReadBatchesAsync(stop))
        {
            if (table.Rows >= count) break;
            await table.WriteAsync(batch, stop);
        }
        await table.FinishAsync();
        return Exit.Done;
    }
}

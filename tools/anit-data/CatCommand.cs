using System.CommandLine;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data cat FILE</c>: all rows as text, JSON lines or the canonical form that tests compare.</summary>
static class CatCommand
{
    const int FlushAt = 1 << 16;

    public static Command Create()
    {
        var input = Opt.Input();
        var to = new Option<string>("--to") { Description = "jsonl: an object a line; canonical: a header line, then an array a row.",
            DefaultValueFactory = _ => "jsonl", HelpName = "jsonl|canonical" };
        to.AcceptOnlyFromAmong("jsonl", "canonical");
        var columns = Opt.Names("--columns", "Only these columns, in this order.");
        var types = ReadSwitches.Types();
        var command = new Command("cat", "Prints all rows as JSON lines.") { input, to, columns, types }
            .Example("anit-data cat train.parquet | head -3", "anit-data cat train.parquet --to canonical | sha256sum");
        command.SetAction((given, stop) =>
        {
            var table = new TableInput(given.GetValue(input) ?? []);
            var options = table.Wanting(given.GetValue(columns)) with { Types = given.GetValue(types) ?? [] };
            return given.GetValue(to) == "canonical" ? Canonical(table, options, stop) : Jsonl(table, options, stop);
        });
        return command;
    }

    static async Task<int> Jsonl(TableInput input, ReadOptions options, CancellationToken stop)
    {
        await using var reader = await input.OpenAsync(options with { ReuseMemory = true }, stop);
        await using var writer = new TableOutput(null, "jsonl").Create(reader.Schema);
        await foreach (var batch in reader.ReadBatchesAsync(stop)) await writer.WriteAsync(batch, stop);
        await writer.FinishAsync();
        return Exit.Done;
    }

    // The header tells the number of rows, so they are counted first.
    static async Task<int> Canonical(TableInput input, ReadOptions options, CancellationToken stop)
    {
        var source = input.Source();
        await using var reader = await input.OpenAsync(source, options, stop);
        await using var table = new RepeatableTable(reader, source, options);
        await table.KeepAsync(stop);
        long rows = 0;
        await foreach (var batch in table.LookAsync(options.Columns, stop)) rows += batch.Rows;

        var json = new CanonicalJson();
        var waiting = new MemoryStream(2 * FlushAt);
        await using var output = Streams.Stdout();
        var metadata = table.Schema.WithMetadata(table.LateMetadata).Metadata;
        waiting.Write(json.Header(table.Schema, rows, metadata).Span);
        await foreach (var batch in table.ReadBatchesAsync(stop))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                waiting.Write(json.Row(batch, row).Span);
                if (waiting.Length < FlushAt) continue;
                await output.WriteAsync(waiting.GetBuffer().AsMemory(0, (int)waiting.Length), stop);
                waiting.SetLength(0);
            }
        }
        await output.WriteAsync(waiting.GetBuffer().AsMemory(0, (int)waiting.Length), stop);
        await output.FlushAsync(stop);
        return Exit.Done;
    }
}

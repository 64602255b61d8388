using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;
using Anit.Nlu;

namespace Anit.Tools.Data;

/// <summary><c>anit-data convert FILE -o OTHER</c>: the same rows in another format; receipts and metadata come along.</summary>
static class ConvertCommand
{
    const string Chat = "chat";

    public static Command Create()
    {
        var files = new StageFlags();
        var compression = Choices.One("--compression", "Of Parquet pages (zstd) or Arrow bodies (none)", Compression.Default);
        var level = new Option<int?>("--level") { Description = "Level of the codec; its usual one when absent.", HelpName = "n" };
        var group = Opt.Count("--row-group", "Parquet: most rows in a row group.", new WriteOptions().RowGroupRows);
        var labels = new Option<bool>("--label-names") { Description = "Write the names of Hugging Face class labels instead of their numbers." };
        level.Validators.Add(result =>
            { if (result.GetValueOrDefault<int?>() is < 0 and var n) result.AddError($"--level is {n}; expected 0 or more"); });
        var types = ReadSwitches.Types();
        var to = TableOutput.ToOption((Chat, "the rows as conversations, columns id and messages; JSON lines on standard output"));
        var command = new Command("convert", "Writes a table in another format, its rows, receipts and metadata unchanged.")
        {
            files.Input, files.Output, types, compression, level, group, labels, to, files.Force, files.Quiet,
        }.Example("anit-data convert train.jsonl -o train.parquet", "anit-data convert train.parquet --to csv > train.csv",
            "anit-data convert noisy.parquet --to chat -o chats.jsonl");
        command.SetAction((given, stop) =>
        {
            var (output, format) = (given.GetValue(files.Output), given.GetValue(to));
            if (format == Chat)
            {
                given.Refuse(to, Chat, labels, compression, level, group);
                return RunChat(files.Into(given, output, Streams.IsStandard(output) ? "jsonl" : null), given.GetValue(types) ?? [], stop);
            }
            return Run(files.Into(given, output, format), given.GetValue(types) ?? [], given.GetValue(labels), new WriteOptions
            {
                Compression = given.GetValue(compression), Level = given.GetValue(level), RowGroupRows = given.GetValue(group),
            }, stop);
        });
        return command;
    }

    public static async Task<int> Run(StageIO files, Dictionary<string, DataType> types, bool named, WriteOptions options, CancellationToken stop)
    {
        await files.Output.CheckAsync(files.Input.Paths, stop);
        var read = files.Input.Options with { Types = types, ReuseMemory = true, CarryReceipts = true, BatchRows = StageIO.FewRows };
        await using var reader = await files.Input.OpenAsync(read, stop);
        var labels = named ? ClassLabels.Read(reader.Schema) : null;
        if (labels is { Columns.Count: 0 }) throw new UserError($"{files.Input.Name}: no class labels; --label-names needs the metadata key that "
            + "Hugging Face's datasets library writes", Exit.BadData);
        ITableWriter? output = null;
        try
        {
            using var progress = new Progress("rows", files.Quiet);
            long rows = 0;
            await foreach (var batch in reader.ReadBatchesAsync(stop))
            {
                var part = labels?.Named(batch) ?? batch;
                output ??= Begin(files.Output, Kept(part.Schema, labels), options);
                await output.WriteAsync(part, stop);
                progress.Report(rows += batch.Rows);
            }
            output ??= Begin(files.Output, Kept(reader.Schema, labels), options);
            await output.FinishAsync(labels is null ? reader.LateMetadata : null);
        }
        finally
        {
            if (output is not null) await output.DisposeAsync();
        }
        return Exit.Done;
    }

    static async Task<int> RunChat(StageIO files, Dictionary<string, DataType> types, CancellationToken stop)
    {
        await files.Output.CheckAsync(files.Input.Paths, stop);
        await using var reader = await files.Input.OpenAsync(files.Input.Options with { Types = types, ReuseMemory = true }, stop);
        NluTable.Check(reader.Schema, files.Input.Name);
        await using var output = files.Output.Create(ChatTable.Schema);
        using var progress = new Progress("rows", files.Quiet);
        long rows = 0;
        await foreach (var batch in reader.ReadBatchesAsync(stop))
        {
            await output.WriteAsync(ChatTable.Of([.. NluTable.Of(batch, rows)]), stop);
            progress.Report(rows += batch.Rows);
        }
        await output.FinishAsync();
        return Exit.Done;
    }

    static ITableWriter Begin(TableOutput output, Schema schema, WriteOptions options)
    {
        try
        {
            return output.Create(schema, options);
        }
        catch (NotSupportedException refusal) when (refusal is not UnsupportedTypeException) // a codec that the format does not have
        {
            throw new UserError(refusal.Message, Exit.Usage);
        }
    }

    // Names instead of numbers are other rows: neither receipts nor the labels' description hold for them.
    static Schema Kept(Schema schema, ClassLabels? labels) =>
        labels is null ? schema
            : new Schema(schema.Fields, schema.Metadata.Where(pair => pair.Key is not (Chain.Key or "huggingface")).ToDictionary());
}

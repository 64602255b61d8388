using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data merge SHARD... -o FILE</c>: what runs with --shard wrote, as one run would have written it.</summary>
static class MergeCommand
{
    public static Command Create()
    {
        var inputs = new Argument<string[]>("shards") { Description = "The shards, in any order.", Arity = ArgumentArity.OneOrMore };
        var files = new StageFlags();
        var command = new Command("merge", "Puts the shards of one run together, in order; refuses shards of different runs.") { inputs, files.Output,
            files.To, files.Force, files.Quiet }
            .Example("anit-data merge part-*.parquet -o noisy.parquet");
        command.SetAction((given, stop) => Run(given.GetValue(inputs)!, files.Of(given), stop));
        return command;
    }

    static async Task<int> Run(string[] paths, StageIO files, CancellationToken stop)
    {
        await files.Output.CheckAsync(paths, stop);
        var (set, schema) = (new ShardSet(), (Schema?)null);
        foreach (var path in paths)
        {
            await using var reader = await new TableInput(path).OpenAsync(columns: null, stop);
            set.Add(path, await Chain.OfAsync(reader, stop));
            Compare(path, schema ??= reader.Schema, reader.Schema);
        }
        if (set.Missing.Count > 0)
            throw new UserError($"shards {string.Join(", ", set.Missing)} of {set.Of} are missing; make them first", Exit.BadData);

        using var digest = new RowDigest(schema!);
        // Without the first shard's receipts: a stage that reads this as a stream would take its part for the whole.
        await using var output = files.Output.Create(
            new(schema!.Fields, schema.Metadata.Where(entry => entry.Key != Chain.Key).ToDictionary()), set.Options(digest));
        IReadOnlyDictionary<string, string> late = new Dictionary<string, string>();
        using (var progress = new Progress("rows", files.Quiet))
        {
            foreach (var path in set.Names)
            {
                await using var reader = await new TableInput(path).OpenAsync(columns: null, stop);
                await foreach (var batch in reader.ReadBatchesAsync(stop))
                {
                    digest.Add(batch);
                    await output.WriteAsync(batch, stop);
                    progress.Report(digest.Rows);
                }
                late = reader.LateMetadata;
            }
        }
        await output.FinishAsync(new Dictionary<string, string>(late) { [Chain.Key] = Chain.Write(set.Whole(digest, schema)) });
        return Exit.Done;
    }

    static void Compare(string path, Schema first, Schema other)
    {
        if (!first.SameColumns(other)) throw new UserError($"{path}: its columns are {other}; those of the shards before are {first}", Exit.BadData);
        var keys = first.Metadata.Keys.Union(other.Metadata.Keys).Where(key => key != Chain.Key);
        if (keys.FirstOrDefault(key => first.Metadata.GetValueOrDefault(key) != other.Metadata.GetValueOrDefault(key)) is { } different)
            throw new UserError($"{path}: its metadata \"{different}\" is not that of the shards before; they are not of one run", Exit.BadData);
    }
}

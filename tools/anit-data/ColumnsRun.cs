using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary>What select, rename and cast share: all rows with other columns.</summary>
static class ColumnsRun
{
    public static async Task<int> RunAsync(StageIO files, string tool, int version, JsonObject options, Func<Schema, ColumnMap> map,
        CancellationToken stop)
    {
        await files.Output.CheckAsync(files.Input.Paths, stop);
        await files.RunAsync(new Stage(tool, version) { Options = options }, async (table, create) =>
        {
            var columns = Parsed.Named(files.Input, () => map(table.Schema));
            var schema = columns.Schema;
            if (schema.Fields.GroupBy(field => field.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
                throw new UserError($"{files.Input.Name}: two columns \"{twice.Key}\" would come out", Exit.Usage);
            await using var writer = create(schema);
            using (var progress = new Progress("rows", files.Quiet))
            {
                long rows = 0;
                await foreach (var batch in table.ReadBatchesAsync(stop))
                {
                    await writer.WriteAsync(Apply(files.Input, columns, batch, schema), stop);
                    progress.Report(rows += batch.Rows);
                }
            }
            await writer.FinishAsync(table.LateMetadata.Where(e => e.Key != Chain.Key).ToDictionary());
        }, stop);
        return Exit.Done;
    }

    static ColumnBatch Apply(TableInput input, ColumnMap columns, ColumnBatch batch, Schema schema)
    {
        try
        {
            return columns.Apply(batch, schema);
        }
        catch (DataFormatException lost)
        {
            throw lost.At(file: input.Name);
        }
    }
}

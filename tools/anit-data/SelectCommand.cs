using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data select FILE --columns NAME...</c>: some columns, in the order given; or all but some.</summary>
static class SelectCommand
{
    const int Version = 1;

    public static Command Create()
    {
        var files = new StageFlags();
        var columns = Opt.Names("--columns", "The columns to keep, in this order.");
        var without = Opt.Names("--without", "The columns to leave out, instead.");
        var command = new Command("select", "Keeps some columns.")
        {
            files.Input, columns, without, files.Output, files.To, files.Force, files.Explain, files.Cache, files.Quiet,
        }.Example("anit-data select train.parquet --columns id text target -o small.parquet");
        command.SetAction((given, stop) =>
        {
            var (keep, drop) = (given.GetValue(columns) ?? [], given.GetValue(without) ?? []);
            if (keep.Length == 0 == (drop.Length == 0)) throw new UserError("give either --columns or --without", Exit.Usage);
            JsonNode names = new JsonArray([.. (keep.Length > 0 ? keep : drop).Select(name => (JsonNode)name)]);
            var options = new JsonObject { [keep.Length > 0 ? "columns" : "without"] = names };
            return ColumnsRun.RunAsync(files.Of(given), "anit-data select", Version, options,
                schema => keep.Length > 0 ? ColumnMap.All(schema).Select(keep) : ColumnMap.All(schema).Without(drop), stop);
        });
        return command;
    }
}

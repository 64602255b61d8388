using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data cast FILE --type COLUMN=TYPE</c>: columns as other types, every value exactly or an error.</summary>
static class CastCommand
{
    const int Version = 1;

    public static Command Create()
    {
        var files = new StageFlags();
        var types = ReadSwitches.Types();
        types.Description = "Columns and their new types: text, dictionary, int8 to uint64, float, double, decimal(p,s), bool, date, "
            + "timestamp(us), ...";
        types.Required = true;
        var command = new Command("cast", "Makes columns of other types; a value that the type cannot hold exactly is an error.")
        {
            files.Input, types, files.Output, files.To, files.Force, files.Explain, files.Cache, files.Quiet,
        }.Example("anit-data cast train.parquet --type label=text --type beta=float -o cast.parquet");
        command.SetAction((given, stop) =>
        {
            var wanted = given.GetValue(types)!;
            var options = new JsonObject
            {
                ["types"] = new JsonObject([.. wanted.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.ToString()))]),
            };
            return ColumnsRun.RunAsync(files.Of(given), "anit-data cast", Version, options,
                schema => wanted.Aggregate(ColumnMap.All(schema), (map, pair) => map.Cast(pair.Key, pair.Value)), stop);
        });
        return command;
    }
}

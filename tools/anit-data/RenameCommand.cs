using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data rename FILE --columns OLD=NEW</c>: columns under other names.</summary>
static class RenameCommand
{
    const int Version = 1;

    public static Command Create()
    {
        var files = new StageFlags();
        var names = new Option<Dictionary<string, string>>("--columns")
        {
            Description = "Columns and their new names.", HelpName = "old=new", Required = true, AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result =>
            {
                var pairs = new Dictionary<string, string>();
                foreach (var (old, name) in ReadSwitches.Pairs(result, "--columns", "old=new"))
                {
                    if (name.Length == 0) result.AddError($"--columns gives {old} no name");
                    else if (!pairs.TryAdd(old, name)) result.AddError($"--columns names {old} twice");
                }
                return pairs;
            },
        };
        var command = new Command("rename", "Gives columns other names.")
        {
            files.Input, names, files.Output, files.To, files.Force, files.Explain, files.Cache, files.Quiet,
        }.Example("anit-data rename reviews.csv --columns body=text label=target -o reviews.parquet");
        command.SetAction((given, stop) =>
        {
            var pairs = given.GetValue(names)!;
            var options = new JsonObject { ["columns"] = new JsonObject([.. pairs.Select(pair => KeyValuePair.Create(pair.Key,
                (JsonNode?)pair.Value))]) };
            return ColumnsRun.RunAsync(files.Of(given), "anit-data rename", Version, options, schema => Renamed(schema, pairs), stop);
        });
        return command;
    }

    // At once, so that two columns can exchange their names.
    static ColumnMap Renamed(Schema schema, Dictionary<string, string> names)
    {
        var map = ColumnMap.All(schema);
        foreach (var old in names.Keys) map = map.Rename(old, "\0" + old);
        foreach (var (old, name) in names) map = map.Rename("\0" + old, name);
        return map;
    }
}

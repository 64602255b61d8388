using System.CommandLine;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data concat FILE...</c>: the rows of several tables as one, columns united by name.</summary>
/// <remarks>What every command does with several files; this one only writes the result, with the receipts of all and one of its own.</remarks>
static class ConcatCommand
{
    public static Command Create()
    {
        var files = new StageFlags();
        var types = ReadSwitches.Types();
        files.Input.Arity = ArgumentArity.OneOrMore;
        files.Input.Description = "Tables, folders and patterns (\"data/*.parquet\"), in the order of their rows; one may be -, standard input.";
        var command = new Command("concat", "Puts tables together, one after another; columns are united by name.")
        {
            files.Input, files.Output, types, files.To, files.Force, files.Quiet,
        }.Example("anit-data concat ner.parquet re.parquet -o all.parquet", "anit-data concat \"shards/*.parquet\" -o whole.parquet");
        command.SetAction((given, stop) =>
            ConvertCommand.Run(files.Of(given), given.GetValue(types) ?? [], named: false, new WriteOptions(), stop));
        return command;
    }
}

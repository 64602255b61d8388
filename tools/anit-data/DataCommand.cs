using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Data;

/// <summary>anit-data: one file a command; this is the list of them.</summary>
static class DataCommand
{
    public static RootCommand Root() => new RootCommand("Imports, shows, converts, splits and checks NLU datasets as tables.")
    {
        ImportCommand.Create(),
        ShowCommand.Create(),
        SchemaCommand.Create(),
        StatsCommand.Create(),
        CatCommand.Create(),
        HeadCommand.Create(),
        ConvertCommand.Create(),
        ConcatCommand.Create(),
        FilterCommand.Create(),
        SelectCommand.Create(),
        RenameCommand.Create(),
        CastCommand.Create(),
        SortCommand.Create(),
        DedupCommand.Create(),
        JoinCommand.Create(),
        PartitionCommand.Create(),
        HubCommand.Create(),
        SampleCommand.Create(),
        SplitCommand.Create(),
        FewshotCommand.Create(),
        DiffCommand.Create(),
        VerifyCommand.Create(),
        MergeCommand.Create(),
        MissingCommand.Create(),
    }.Example("anit-data import conll2003 eng.train --split train -o train.parquet", "anit-data show train.parquet");
}

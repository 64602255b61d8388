using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Tools.Data;

// One file a command; this is the list of them.
var root = new RootCommand("Imports, shows and checks NLU datasets as tables.")
{
    ImportCommand.Create(),
    ShowCommand.Create(),
}.Example("anit-data import conll2003 eng.train --split train -o train.parquet", "anit-data show train.parquet");

return App.Run(root, args, typeof(DataFormatException));

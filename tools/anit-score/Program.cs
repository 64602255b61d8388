using Anit.Cli;
using Anit.Data;
using Anit.Tools;

return App.Run(ScoreCommand.Root(), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

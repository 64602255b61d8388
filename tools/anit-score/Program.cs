using Anit.Cli;
using Anit.Data;
using Anit.Tools.Score;

return App.Run(ScoreCommand.Root(), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

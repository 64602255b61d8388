using Anit.Cli;
using Anit.Data;
using Anit.Tools;

return App.Run(ScoreCommand.Make(), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

using Anit.Cli;
using Anit.Data;
using Anit.Tools;
using Anit.Tools.Score;

return App.Run(ReadSwitches.AddTo(ScoreCommand.Root()), args, ReadSwitches.Take, typeof(DataFormatException), typeof(UnsupportedTypeException));

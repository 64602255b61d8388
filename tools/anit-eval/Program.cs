using Anit.Cli;
using Anit.Data;
using Anit.Tools.Eval;

return App.Run(EvaluateCommand.CreateRoot(ScoreCommand.Create(), CompareCommand.Create()), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

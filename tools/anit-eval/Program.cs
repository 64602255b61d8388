using Anit.Cli;
using Anit.Data;
using Anit.Tools.Eval;

return App.Run(EvaluateCommand.Root(), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

using Anit.Cli;
using Anit.Data;
using Anit.Tools;
using Anit.Tools.Eval;

return App.Run(ReadSwitches.AddTo(EvaluateCommand.Root()), args, ReadSwitches.Take, typeof(DataFormatException), typeof(UnsupportedTypeException));

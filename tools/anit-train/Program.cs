using Anit.Cli;
using Anit.Data;
using Anit.Tools;
using Anit.Tools.Train;

return App.Run(ReadSwitches.AddTo(TrainCommand.Root()), args, ReadSwitches.Take, typeof(DataFormatException), typeof(UnsupportedTypeException));

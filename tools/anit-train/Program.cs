using Anit.Cli;
using Anit.Data;
using Anit.Train;

return App.Run(TrainCommand.Root(), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

using Anit.Cli;
using Anit.Data;
using Anit.Tools;

return App.Run(NoiseCommand.Make(), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

using Anit.Cli;
using Anit.Data;
using Anit.Tools.Noise;

return App.Run(NoiseCommand.Root(), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

using Anit.Cli;
using Anit.Data;
using Anit.Tools;
using Anit.Tools.Noise;

return App.Run(ReadSwitches.AddTo(NoiseCommand.Root()), args, ReadSwitches.Take, typeof(DataFormatException), typeof(UnsupportedTypeException));

using Anit.Cli;
using Anit.Data;
using Anit.Tools;
using Anit.Tools.Data;

return App.Run(ReadSwitches.AddTo(DataCommand.Root()), args, ReadSwitches.Take, typeof(DataFormatException), typeof(UnsupportedTypeException));

using Anit.Cli;
using Anit.Data;
using Anit.Tools.Data;

return App.Run(DataCommand.Root(), args, typeof(DataFormatException), typeof(UnsupportedTypeException));

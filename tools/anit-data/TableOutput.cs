using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary>Where a table goes: a file by its extension, an Arrow stream on a pipe, a small table on a terminal.</summary>
static class TableOutput
{
    const int RowsOnTerminal = 10, WidthWithoutTerminal = 80;

    public static ITableWriter Create(string? path, Schema schema)
    {
        if (Streams.IsStandard(path))
            return Streams.StdoutIsTerminal
                ? new TextTable(Console.Out, schema, Width(WidthWithoutTerminal), RowsOnTerminal)
                : Table.Create(Streams.Stdout(), TableFormat.ArrowStream, schema);
        try
        {
            return Table.Create(path!, schema);
        }
        catch (ArgumentException e)
        {
            throw new UserError(e.Message.Split(" (Parameter", 2)[0], Exit.Usage);
        }
    }

    /// <summary>Width of the terminal, or another where there is none.</summary>
    public static int Width(int otherwise) => Streams.StdoutIsTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : otherwise;
}

using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Eval;

/// <summary>Input tables by path, with the name they have in messages.</summary>
static class Tables
{
    public static string Name(string? path) => Streams.IsStandard(path) ? "standard input" : path!;

    public static Task<ITableReader> Open(string? path, CancellationToken stop) =>
        Table.OpenAsync(Streams.OpenInput(path), new() { Name = Name(path) }, stop);

    /// <summary>Begins an output file.</summary>
    /// <exception cref="UserError">The extension stands for no format.</exception>
    public static ITableWriter Create(string path, Schema schema)
    {
        try
        {
            return Table.Create(path, schema);
        }
        catch (ArgumentException e)
        {
            throw new UserError(e.Message.Split(" (Parameter", 2)[0], Exit.Usage);
        }
    }
}

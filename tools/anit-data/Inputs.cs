using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary>Opens tables for commands that look at them.</summary>
static class Inputs
{
    /// <summary>The input's name in messages.</summary>
    public static string Name(string? path) => Streams.IsStandard(path) ? "standard input" : path!;

    public static Task<ITableReader> OpenAsync(string? path, CancellationToken stop, IReadOnlyList<string>? columns = null) =>
        Table.OpenAsync(Streams.OpenInput(path), new ReadOptions { Name = Name(path), Columns = columns, Warn = Say, ReuseMemory = true }, stop);

    /// <summary>Opens some columns of a table; one that is not there is a wrong command line.</summary>
    public static async Task<ITableReader> OpenColumnsAsync(string? path, string[]? columns, CancellationToken stop)
    {
        try
        {
            return await OpenAsync(path, stop, columns is { Length: > 0 } ? columns : null);
        }
        catch (ArgumentException missing)
        {
            throw new UserError($"{Name(path)}: {missing.Message.Split(" (Parameter", 2)[0]}", Exit.Usage);
        }
    }

    /// <summary>Refuses a column that a table lacks.</summary>
    public static void Require(Schema schema, string? path, params string?[] columns)
    {
        foreach (var column in columns)
        {
            if (column is not null && !schema.Has(column))
                throw new UserError($"{Name(path)}: no column \"{column}\"; there is {string.Join(", ", schema.Fields.Select(field => field.Name))}", Exit.BadData);
        }
    }

    public static void Say(string line) => Console.Error.WriteLine($"anit-data: {line}");
}

using Anit.Cli;
using Anit.Data;

namespace Anit.Tools;

/// <summary>A table as the command line names it: a file, a named pipe, or standard input where there is no name or <c>-</c>.</summary>
/// <remarks>The one doorway in: every tool opens its tables here, so that one mistake has one message.</remarks>
/// <param name="Path">Null or - for standard input.</param>
sealed record TableInput(string? Path)
{
    /// <summary>What it is called in messages.</summary>
    public string Name => Streams.NameOf(Path);

    /// <summary>How it is read, unless a command wants more.</summary>
    public ReadOptions Options => ReadSwitches.Given with { Name = Name, Warn = Notice.Say };

    /// <summary>The same for some columns, where any are named.</summary>
    public ReadOptions Wanting(string[]? columns) => Options with { Columns = columns is { Length: > 0 } ? columns : null };

    /// <summary>Opens it for one reading.</summary>
    public Task<ITableReader> OpenAsync(CancellationToken stop) => OpenAsync(Options, stop);

    /// <summary>Opens it for one reading.</summary>
    public Task<ITableReader> OpenAsync(ReadOptions options, CancellationToken stop) =>
        OpenAsync(DataSource.Once(Streams.OpenInput(Path)), options, stop);

    /// <summary>Opens some columns, or all where none are named, for a command that passes over the rows once.</summary>
    public Task<ITableReader> OpenAsync(string[]? columns, CancellationToken stop) => OpenAsync(Wanting(columns) with { ReuseMemory = true }, stop);

    /// <summary>Opens it from its source; a wanted column that is not there is a wrong command line.</summary>
    public async Task<ITableReader> OpenAsync(DataSource source, ReadOptions options, CancellationToken stop)
    {
        try
        {
            return await Table.OpenAsync(source, options, stop);
        }
        catch (MissingColumnException missing)
        {
            throw new UserError($"{Name}: {missing.Message}", Exit.Usage);
        }
    }

    /// <summary>Opens it to be read as often as wanted; the rows of a pipe are kept when asked to.</summary>
    public DataSource Source()
    {
        var stream = Streams.OpenInput(Path);
        if (Streams.IsStandard(Path) || !stream.CanSeek) return DataSource.Once(stream) with { Name = Name }; // a pipe may have a name, too
        stream.Dispose();
        return Path!;
    }

    /// <summary>Refuses a table without these columns; null stands for none.</summary>
    public void Require(Schema schema, IEnumerable<string?> columns, string hint = "")
    {
        foreach (var column in columns)
            if (column is not null && !schema.Has(column)) throw new DataFormatException(schema.Lacks(column) + hint).At(file: Name);
    }

    /// <summary>Runs a check of a table's schema by a library that does not know the table's name.</summary>
    public void Check(Action check)
    {
        try { check(); }
        catch (DataFormatException fault) { throw fault.At(file: Name); }
    }
}

using Anit.Cli;
using Anit.Data;

namespace Anit.Tools;

/// <summary>A table as the command line names it: files, folders, patterns, a named pipe; standard input for no name or <c>-</c>.</summary>
/// <remarks>The one doorway in: every tool opens its tables here, so that one mistake has one message.</remarks>
/// <param name="Names">None or - for standard input; several are one table.</param>
sealed record TableInput(IReadOnlyList<string> Names)
{
    /// <summary>The files, folders and patterns; none or - for standard input.</summary>
    public IReadOnlyList<string> Names { get; } = ReadSwitches.OfSplit(Names);

    const string IdColumn = "id"; // of the row, whatever else a command takes for one

    /// <summary>A table of one name; null for standard input.</summary>
    public TableInput(string? name) : this(name is null ? [] : [name]) { }

    /// <summary>Whether ids may occur more than once among several files.</summary>
    public bool RepeatedIds { get; init; } = ReadSwitches.RepeatedIds;

    /// <summary>What it is called in messages.</summary>
    public string Name => Names.Count > 1 ? $"{Streams.NameOf(Names[0])} and {Names.Count - 1} more" : Streams.NameOf(First);

    string? First => Names.Count > 0 ? Names[0] : null;

    /// <summary>The files that are read, none of which may be written to; null is standard input.</summary>
    public IReadOnlyList<string?> Paths => Names.Count == 0 ? [null]
        : [.. Names.SelectMany(name => Streams.IsStandard(name) || !TableFiles.IsSeveral(name) ? [name] : TableFiles.Find(name))];

    /// <summary>How it is read, unless a command wants more.</summary>
    public ReadOptions Options => ReadSwitches.Given with
    {
        Name = Name, Warn = Notice.Say, UniqueColumn = RepeatedIds ? null : IdColumn,
    };

    /// <summary>The same for some columns, where any are named.</summary>
    public ReadOptions Wanting(string[]? columns) => Options with { Columns = columns is { Length: > 0 } ? columns : null };

    /// <summary>Opens it for one reading.</summary>
    public Task<ITableReader> OpenAsync(CancellationToken stop) => OpenAsync(Options, stop);

    /// <summary>Opens it for one reading.</summary>
    public Task<ITableReader> OpenAsync(ReadOptions options, CancellationToken stop) => OpenAsync(Source(), options, stop);

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
        if (Names.Count(Streams.IsStandard) > 1) throw new UserError("standard input is named twice; it can be read once", Exit.Usage);
        if (Names.Count == 0 || (Names.Count == 1 && !TableFiles.IsSeveral(Names[0]))) return FileOf(First);
        if (!Names.Any(Streams.IsStandard)) return DataSource.Of(TableFiles.Parts([.. Names]), Name);
        return DataSource.Of([.. Names.SelectMany(name => TableFiles.IsSeveral(name) ? TableFiles.Parts([name])
            : [new TablePart(FileOf(name), [])])], Name);
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

    /// <summary>One file, named pipe or standard input as it is.</summary>
    public static DataSource FileOf(string? path)
    {
        var stream = Streams.OpenInput(path); // a pipe may have a name, too
        if (Streams.IsStandard(path) || !stream.CanSeek) return DataSource.Once(stream) with { Name = Streams.NameOf(path) };
        stream.Dispose();
        return path!;
    }
}

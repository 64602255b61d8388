using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary>Where a command's table goes: a file by its extension, an Arrow stream on a pipe, a small table on a terminal.</summary>
sealed record TableOutput(string? Path, bool Force, bool Explain, string? Cache)
{
    const int RowsOnTerminal = 10, WidthWithoutTerminal = 80;

    /// <summary>The options that make one, and the way to read them.</summary>
    public static (Option[] Options, Func<ParseResult, TableOutput> Given) Choices()
    {
        var (path, force) = (Opt.Output(), Opt.Force());
        var explain = new Option<bool>("--explain") { Description = "Say what differs from an output that is not up to date." };
        var cache = new Option<string?>("--cache") { Description = "Folder that keeps results; ANIT_CACHE by default.", HelpName = "folder" };
        return ([path, force, explain, cache], given => new(given.GetValue(path), given.GetValue(force), given.GetValue(explain), given.GetValue(cache)));
    }

    /// <summary>Decides whether there is anything to do, and opens the output.</summary>
    public async Task<Target> BeginAsync(Stage stage, CancellationToken stop)
    {
        var standard = Streams.IsStandard(Path);
        if (standard && Streams.StdoutIsTerminal) return new(null);
        if (!standard) CheckExtension(Path!);
        return new(await StageRun.BeginAsync(stage, new StageFiles
        {
            Output = standard ? null : Path,
            OutputStream = standard ? Streams.Stdout() : null,
            Force = Force,
            Explain = Explain,
            Cache = Cache,
            Say = line => Console.Error.WriteLine($"anit-data: {line}"),
        }, stop));
    }

    /// <summary>Width of the terminal, or another where there is none.</summary>
    public static int Width(int otherwise) => Streams.StdoutIsTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : otherwise;

    static void CheckExtension(string path)
    {
        try
        {
            Table.FormatOf(path);
        }
        catch (ArgumentException e)
        {
            throw new UserError(e.Message.Split(" (Parameter", 2)[0], Exit.Usage);
        }
    }

    /// <summary>An output about to be written; nothing is to be done when it is up to date.</summary>
    public sealed class Target(StageRun? run) : IAsyncDisposable
    {
        public bool Done => run?.Done ?? false;

        public ITableWriter Create(Schema schema) => run?.Create(schema) ?? new TextTable(Console.Out, schema, Width(WidthWithoutTerminal), RowsOnTerminal);

        public ValueTask DisposeAsync() => run?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}

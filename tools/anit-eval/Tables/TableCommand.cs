using System.CommandLine;
using Anit.Cli;
using Anit.Tools.Reports;

namespace Anit.Tools.Eval.Tables;

/// <summary><c>anit-eval table FILE...</c>: ways of training over datasets as a table in the paper's layout, with a CSV and a drawing.</summary>
/// <remarks>A file's name up to its first dot is its column. A run is called arm/seed, an arm method or rows:method, where rows are the rows it
/// learned from.</remarks>
sealed class TableCommand
{
    readonly Argument<string[]> files = new("predictions") { Arity = ArgumentArity.ZeroOrMore, Description = "Prediction tables with runs called "
        + "arm/seed or rows:arm/seed. A file's name up to its first dot is its column." };

    readonly Option<string> title = new("--title") { Description = "The heading.", HelpName = "text", DefaultValueFactory = _ => "Results" };

    readonly Option<string[]> note = new("--note") { Description = "A paragraph below the heading; may be repeated.", HelpName = "text" };

    readonly Option<string[]> columns = Opt.Names("--columns", "The columns in order, name or name=Title; one without a file is \"not given\". "
        + "The files' own when absent.");

    readonly Option<string?> against = new("--against") { Description = "The arm that the others are compared with; the first one when absent.",
        HelpName = "arm" };

    readonly Option<string?> arms = new("--arms") { Description = "Table of methods in order: columns arm, title, passes.", HelpName = "file" };

    readonly Option<string?> published = new("--published") { Description = "Table of published numbers in per cent, which stand above ours: columns "
        + "column, row, low, high.", HelpName = "file" };

    readonly Option<string[]> seconds = new("--seconds") { Description = "Table of seconds that trainings took: columns arm, seed, seconds; may be "
        + "repeated.", HelpName = "file" };

    readonly Option<string?> csv = new("--csv") { Description = "Also write all numbers to this file.", HelpName = "file" };

    readonly Option<string?> svg = new("--svg") { Description = "Also draw it into this file.", HelpName = "file" };

    readonly Option<string> draw = new("--draw") { Description = "What --svg shows: " + string.Join("; ", PaperFigures.Kinds.Select(k => $"{k.Key}, "
        + k.Value)) + ".", HelpName = "kind", DefaultValueFactory = _ => "bars" };

    readonly Option<bool> force = Opt.Force();

    readonly ScoringFlags scoring = new();

    /// <summary>The command.</summary>
    public static Command Create() => new TableCommand().Build();

    Command Build()
    {
        draw.AcceptOnlyFromAmong([.. PaperFigures.Kinds.Keys]);
        var command = new Command("table", "Shows ways of training over datasets and seeds as a table in Markdown, with a CSV and a drawing.")
            { files, title, note, columns, against, arms, published, seconds, csv, svg, draw, force, scoring.Alias }
            .Example("anit-eval sst2.parquet --model M --adapter clean:plain/1=p1 --adapter replace:nrm/1=n1 --predictions answers/sst2.parquet",
                "anit-eval table answers/*.parquet --title \"Table 1\" --columns sst2=SST2,nyt=NYT --csv table1.csv --svg table1.svg > table1.md");
        command.SetAction(RunAsync);
        return command;
    }

    async Task<int> RunAsync(ParseResult given, CancellationToken stop)
    {
        var (paths, csvFile, svgFile) = (given.GetValue(files)!, given.GetValue(csv), given.GetValue(svg));
        var output = new TableOutput(csvFile, Force: given.GetValue(force));
        if (csvFile is not null)
        {
            await output.CheckAsync(paths, stop);
            output.CheckColumns(PaperCsv.Columns);
        }
        SvgFile.Check(svgFile, ScoreReport.Tool, given.GetValue(force), [.. paths, csvFile]);

        var named = (given.GetValue(columns) ?? []).Select(TableColumn.Of).ToList();
        var table = new PaperTable
        {
            Columns = named.Count > 0 ? named : [.. paths.Select(ColumnOf).Distinct().Select(TableColumn.Of)],
            Names = await ArmNames.ReadAsync(given.GetValue(arms), stop),
            Against = given.GetValue(against),
            Published = await Published.ReadAsync(given.GetValue(published), stop),
            Seconds = await RunSeconds.ReadAsync(given.GetValue(seconds) ?? [], stop),
        };
        foreach (var path in paths) await AddAsync(table, path, scoring.Of(given), stop);
        if (table.Against is { } reference && table.Lines.Count > 0 && !table.Knows(reference))
            throw new UserError($"--against is {reference}; there is {string.Join(", ", table.Lines.Select(l => l.Arm))}", Exit.Usage);

        if (csvFile is not null) await PaperCsv.WriteAsync(output, table, stop);
        if (svgFile is not null)
            SvgFile.Write(svgFile, ScoreReport.Tool, given.GetValue(title)!,
                table.Lines.Count == 0 ? [] : PaperFigures.Of(table, given.GetValue(draw)!));
        new PaperMarkdown(table, given.GetValue(title)!, given.GetValue(note) ?? []).Write(Console.Out);
        Console.Out.Flush();
        return Exit.Done;
    }

    static string ColumnOf(string path) => Path.GetFileName(path).Split('.')[0];

    static async Task AddAsync(PaperTable table, string path, ScoringChoices choices, CancellationToken stop)
    {
        var column = table.Columns.FirstOrDefault(c => c.Name == ColumnOf(path)) ?? throw new UserError($"{path}: --columns has no "
            + $"{ColumnOf(path)}; there is {string.Join(", ", table.Columns.Select(c => c.Name))}", Exit.Usage);
        foreach (var run in await ArmRuns.ReadAsync(path, choices, stop))
            table.Add(path, run.Name, column, run.Instruction, run.Report, run.Ids);
    }
}

namespace Anit.Tools.Eval.Tables;

/// <summary>A column of the table: a dataset, or a share of one.</summary>
/// <param name="Name">As prediction files are named, up to their first dot.</param>
/// <param name="Title">Its heading.</param>
sealed record TableColumn(string Name, string Title)
{
    /// <summary>Reads <c>name</c> or <c>name=Title</c>.</summary>
    public static TableColumn Of(string given) => given.Split('=', 2) is [var name, var title] ? new(name, title) : new(given, given);
}

/// <summary>A line of the table: a way of training, and the rows it saw.</summary>
/// <param name="Arm">Its whole name, as runs have it before the seed: <c>replace-0.2:nrm</c>.</param>
/// <param name="Rows">What stands before the colon; empty where there is none.</param>
/// <param name="Method">What stands after it.</param>
/// <param name="Title">The method in words.</param>
/// <param name="Passes">Forward and backward passes for each of plain tuning, as they are written; null where nobody said.</param>
sealed record TableLine(string Arm, string Rows, string Method, string Title, string? Passes);

/// <summary>Scores of arms over datasets: every line, column and kind of instruction that the files have, and the columns that they lack.</summary>
/// <remarks>Scores lie in <see cref="Arms"/> under one name for dataset and instruction, so that its checks and differences hold here.</remarks>
sealed class PaperTable
{
    const char Between = '\u001f';

    readonly Arms arms = new();
    readonly List<string> instructions = [];
    readonly HashSet<string> given = [];

    /// <summary>The columns, given or not.</summary>
    public required IReadOnlyList<TableColumn> Columns { get; init; }

    /// <summary>The lines' names and order, methods first to last.</summary>
    public required ArmNames Names { get; init; }

    /// <summary>The arm that the others are compared with; the first one when null.</summary>
    public string? Against { get; init; }

    /// <summary>What the paper says.</summary>
    public IReadOnlyList<Published> Published { get; init; } = [];

    /// <summary>Seconds that trainings took.</summary>
    public RunSeconds Seconds { get; init; } = new();

    /// <summary>Kinds of instruction: raw first, what tells the dependence on the instruction last, between them in the order they came.</summary>
    public IReadOnlyList<string> Instructions =>
        [.. instructions.OrderBy(i => i switch { Predictions.Raw => 0, Predictions.Empty or Predictions.Swapped => 2, _ => 1 })];

    /// <summary>The arm that the others are compared with; there must be lines.</summary>
    public TableLine Reference => Names.Line(Against ?? arms.Names[0]);

    /// <summary>The lines: rows in the order they came, methods in the order of their names.</summary>
    public IReadOnlyList<TableLine> Lines => field ??= [.. arms.Names.Select(Names.Line).GroupBy(line => line.Rows)
        .SelectMany(group => group.OrderBy(line => Names.Place(line.Method)))];

    /// <summary>Whether any score of a column came.</summary>
    public bool Has(TableColumn column) => given.Contains(column.Name);

    /// <summary>Adds one run's report.</summary>
    public void Add(string file, string run, TableColumn column, string instruction, Report report, HashSet<string> ids)
    {
        given.Add(column.Name);
        if (!instructions.Contains(instruction)) instructions.Add(instruction);
        arms.Add(file, run, Key(column, instruction), report, ids);
    }

    /// <summary>Whether an arm has scores.</summary>
    public bool Knows(string arm) => arms.Names.Contains(arm);

    /// <summary>F1 over seeds; null where there is none.</summary>
    public Spread? F1(TableLine line, TableColumn column, string instruction) =>
        Spread.Of([.. arms.Of(line.Arm, Key(column, instruction)).Values]);

    /// <summary>F1 minus the reference's, paired by seed, with half of its interval.</summary>
    public (double Mean, double? Half)? Difference(TableLine line, TableColumn column, string instruction) =>
        line.Arm == Reference.Arm ? null : arms.Difference(line.Arm, Reference.Arm, Key(column, instruction));

    /// <summary>The same of the mean over the columns that are given.</summary>
    public (double Mean, double? Half)? Difference(TableLine line, string instruction) =>
        line.Arm == Reference.Arm ? null : Arms.Paired(Means(line, instruction), Means(Reference, instruction));

    /// <summary>Mean over the columns that are given, by seed, where a seed has all of them.</summary>
    public IReadOnlyDictionary<string, double> Means(TableLine line, string instruction)
    {
        var columns = Columns.Where(Has).Select(column => arms.Of(line.Arm, Key(column, instruction))).ToList();
        return columns.Count == 0 ? new Dictionary<string, double>() : columns[0].Keys.Where(seed => columns.All(c => c.ContainsKey(seed)))
            .ToDictionary(seed => seed, seed => columns.Average(c => c[seed]));
    }

    /// <summary>The largest number of seeds of a line.</summary>
    public int Seeds => arms.Names.Select(arm => arms.Seeds(arm).Count).DefaultIfEmpty().Max();

    static string Key(TableColumn column, string instruction) => $"{column.Name}{Between}{instruction}";
}

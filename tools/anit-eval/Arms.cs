using Anit.Cli;

namespace Anit.Tools.Eval;

/// <summary>F1 of arms by column and seed.</summary>
sealed class Arms
{
    // Student's t, two-sided 95 %, for 1 to 30 degrees of freedom; above, the normal quantile is off by less than 4 %.
    static readonly double[] T =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093,
        2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    readonly Dictionary<(string Arm, string Column), SortedDictionary<string, double>> scores = [];
    readonly Dictionary<string, HashSet<string>> rows = [];
    readonly List<string> names = [], columns = [];

    /// <summary>Arms, in the order they came.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Columns: raw first, then in the order they came.</summary>
    public IReadOnlyList<string> Columns => [.. columns.OrderBy(c => c != Predictions.Raw)];

    /// <summary>Adds one run's report in one column; the same run's raw answers may come with several files.</summary>
    /// <exception cref="UserError">The rows of a column are not the same for all runs, or a run comes twice with different scores.</exception>
    public void Add(string file, string run, string column, Report report, HashSet<string> ids)
    {
        var (arm, seed) = (run[..run.LastIndexOf('/')], run[(run.LastIndexOf('/') + 1)..]);
        if (!names.Contains(arm)) names.Add(arm);
        if (!columns.Contains(column)) columns.Add(column);
        if (!rows.TryAdd(column, ids) && !rows[column].SetEquals(ids))
            throw new UserError($"{file}: {run} was asked other rows than the runs before it ({column}: {ids.Count:N0} and {rows[column].Count:N0}); "
                + "compare runs over the same rows", Exit.BadData);
        var all = report.Groups.Count == 1 ? report.Groups[0] : report.Groups.Single(g => g.Name == "all");
        if (all.Strict.F1 is not { } f1) return;
        if (!scores.TryGetValue((arm, column), out var of)) scores[(arm, column)] = of = new(StringComparer.Ordinal);
        if (!of.TryAdd(seed, f1) && of[seed] != f1)
            throw new UserError($"{file}: {run} stands twice in the column {column}, with different answers; give each run one file a column",
                Exit.BadData);
    }

    /// <summary>F1 of an arm in a column, by seed.</summary>
    public IReadOnlyDictionary<string, double> Of(string arm, string column) =>
        scores.TryGetValue((arm, column), out var of) ? of : new SortedDictionary<string, double>();

    /// <summary>Seeds of an arm.</summary>
    public IReadOnlyCollection<string> Seeds(string arm) => [.. columns.SelectMany(c => Of(arm, c).Keys).Distinct()];

    /// <summary>The arm whose mean over the columns is highest; of arms called name@trial the best of each name, the first of equals.</summary>
    public IEnumerable<string> Best() => names.GroupBy(name => name.LastIndexOf('@') is > 0 and var at ? name[..at] : "")
        .Select(trials => trials.MaxBy(arm => columns.Average(c => Spread.Of([.. Of(arm, c).Values])?.Mean ?? 0))!);

    /// <summary>Mean of F1 minus the reference's over the seeds that both have, and half of its 95 % interval where there are two.</summary>
    public (double Mean, double? Half)? Difference(string arm, string reference, string column) => Paired(Of(arm, column), Of(reference, column));

    /// <summary>Mean of a − b over the seeds that both have, and half of its 95 % interval where there are two.</summary>
    public static (double Mean, double? Half)? Paired(IReadOnlyDictionary<string, double> a, IReadOnlyDictionary<string, double> b)
    {
        if (Spread.Of([.. a.Keys.Where(b.ContainsKey).Select(seed => a[seed] - b[seed])]) is not { } spread) return null;
        var t = spread.Runs < 2 ? 0 : spread.Runs - 2 < T.Length ? T[spread.Runs - 2] : 1.96;
        return (spread.Mean, spread.Deviation is { } sd ? t * sd / Math.Sqrt(spread.Runs) : null);
    }
}

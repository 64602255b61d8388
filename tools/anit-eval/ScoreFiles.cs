using Anit.Cli;
using Anit.Tools.Reports;

namespace Anit.Tools.Eval;

/// <summary>What scores leave beside the table on standard output: <c>--csv</c> and <c>--report</c>.</summary>
/// <param name="Csv">The file of numbers; null for none.</param>
/// <param name="Report">The page; null for none.</param>
/// <param name="Force">Replace files that are not ours.</param>
sealed record ScoreFiles(string? Csv = null, string? Report = null, bool Force = false)
{
    readonly TableOutput table = new(Csv, Force: Force);

    /// <summary>Refuses places that cannot be written or would replace what is not ours, before any work is done.</summary>
    /// <param name="others">What is read or written, too.</param>
    /// <param name="stop">Cancels.</param>
    public async Task CheckAsync(IEnumerable<string?> others, CancellationToken stop)
    {
        var all = others.ToList();
        if (Csv is not null)
        {
            if (!Csv.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
                throw new UserError($"--csv is {Csv}; expected a file whose name ends in .csv", Exit.Usage);
            await table.CheckAsync(all, stop);
            table.CheckColumns(ScoreCsv.Columns);
        }
        ReportFile.Check(Report, ScoreReport.Tool, Force, all.Append(Csv));
    }

    /// <summary>Writes them.</summary>
    public async Task WriteAsync(IReadOnlyList<RunScores> runs, RobustnessTable? robustness, CancellationToken stop)
    {
        if (Csv is not null) await ScoreCsv.WriteAsync(table, runs, stop);
        if (Report is not null) ReportFile.Write(Report, new ScoreReport(runs, robustness).Page());
    }
}

using Anit.Data;

namespace Anit.Tools.Eval.Tables;

/// <summary>The table as a long table: a row for each line, column and kind of instruction; F1 in per cent, differences in points.</summary>
static class PaperCsv
{
    const int Decimals = 4;

    /// <summary>The columns. A dataset without files is one row that says "not given" and holds no number.</summary>
    public static Schema Columns { get; } = new(
    [
        new("column", DataType.Utf8), new("rows", DataType.Utf8), new("arm", DataType.Utf8), new("instruction", DataType.Utf8),
        new("state", DataType.Utf8), new("seeds", DataType.Int64), new("mean", DataType.Float64), new("sd", DataType.Float64),
        new("difference", DataType.Float64), new("low", DataType.Float64), new("high", DataType.Float64), new("seconds", DataType.Float64),
    ]);

    /// <summary>Writes the file as a whole.</summary>
    public static async Task WriteAsync(TableOutput output, PaperTable table, CancellationToken stop)
    {
        var texts = Enumerable.Range(0, 5).Select(_ => new Utf8Builder()).ToArray();
        var seeds = new FixedBuilder<long>(DataType.Int64);
        var numbers = Enumerable.Range(0, 6).Select(_ => new FixedBuilder<double>(DataType.Float64)).ToArray();
        foreach (var row in Rows(table))
        {
            foreach (var (builder, word) in texts.Zip(row.Words)) builder.Append(word);
            seeds.Append(row.Seeds);
            foreach (var (builder, number) in numbers.Zip(row.Numbers)) builder.Append(number is { } n ? Math.Round(n, Decimals) : null);
        }
        await using var writer = output.Create(Columns);
        await writer.WriteAsync(new(Columns, [.. texts.Select(t => (Column)t.Build()), seeds.Build(), .. numbers.Select(n => n.Build())]), stop);
        await writer.FinishAsync();
    }

    static IEnumerable<(string?[] Words, long? Seeds, double?[] Numbers)> Rows(PaperTable table)
    {
        foreach (var p in table.Published)
            yield return ([p.Column, "the paper", p.Row, Predictions.Raw, "published"], null, [null, null, null, p.Low, p.High, null]);
        foreach (var column in table.Columns)
        {
            if (!table.Has(column)) yield return ([column.Name, null, null, null, "not given"], null, new double?[6]);
            foreach (var (instruction, line) in table.Has(column) ? table.Instructions.SelectMany(_ => table.Lines, (i, l) => (i, l)) : [])
            {
                if (table.F1(line, column, instruction) is not { } f1) continue;
                var difference = table.Difference(line, column, instruction);
                yield return ([column.Name, line.Rows, line.Method, instruction, "measured"], f1.Runs,
                    [100 * f1.Mean, 100 * f1.Deviation, 100 * difference?.Mean, 100 * (difference?.Mean - difference?.Half),
                        100 * (difference?.Mean + difference?.Half), table.Seconds.Of(line.Arm)?.Mean]);
            }
        }
    }
}

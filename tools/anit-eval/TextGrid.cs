using System.Globalization;

namespace Anit.Tools.Eval;

/// <summary>Lines of cells in columns: text to the left, numbers to the right.</summary>
sealed class TextGrid(params string[] heads)
{
    readonly List<string[]> lines = [heads];

    public void Add(params IEnumerable<string> cells) => lines.Add([.. cells]);

    /// <summary>Takes out columns that say the same in every line, given by number.</summary>
    public void DropUniform(params int[] columns)
    {
        var drop = columns.Where(c => lines.Skip(1).Select(l => l[c]).Distinct().Count() <= 1).ToHashSet();
        for (var i = 0; i < lines.Count; i++) lines[i] = [.. lines[i].Where((_, c) => !drop.Contains(c))];
    }

    public void Write(TextWriter output)
    {
        var widths = lines[0].Select((_, i) => lines.Max(l => l[i].Length)).ToArray();
        var numeric = lines[0].Select((_, i) => lines.Skip(1).All(l => IsNumber(l[i]))).ToArray();
        foreach (var line in lines)
        {
            output.WriteLine(string.Join("  ", line.Select((cell, i) => numeric[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
        }
    }

    /// <summary>A share as per cent with two decimals; a dash where it is undefined.</summary>
    public static string Percent(double? share) => share is { } value ? (100 * value).ToString("0.00", CultureInfo.InvariantCulture) : "-";

    /// <summary>A difference of shares in points, always with its sign.</summary>
    public static string Points(double? difference) =>
        difference is { } value ? (100 * value).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) : "-";

    /// <summary>A whole number with separators.</summary>
    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static bool IsNumber(string cell) => cell == "-" || cell.Length > 0 && (char.IsDigit(cell[^1]) || cell.EndsWith(']'));
}

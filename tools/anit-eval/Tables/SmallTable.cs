using System.Globalization;
using System.Runtime.CompilerServices;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Eval.Tables;

/// <summary>A table of a few named columns, as text.</summary>
static class SmallTable
{
    /// <summary>Its rows, cells in the order of the columns asked for; null where a cell is null.</summary>
    public static async IAsyncEnumerable<string?[]> ReadAsync(string path, string[] columns,
        [EnumeratorCancellation] CancellationToken stop)
    {
        var input = new TableInput(path);
        await using var table = await input.OpenAsync(stop);
        input.Require(table.Schema, columns);
        await foreach (var batch in table.ReadBatchesAsync(stop))
            for (var i = 0; i < batch.Rows; i++)
                yield return [.. columns.Select(c => batch[c].Value(i) is { } value ? FormattableString.Invariant($"{value}") : null)];
    }

    /// <summary>A number.</summary>
    public static double Number(string path, string column, string? text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
            : throw new UserError($"{path}: {column} is {(text is null ? "empty" : $"\"{text}\"")}; expected a number", Exit.BadData);

    /// <summary>A cell that must be there.</summary>
    public static UserError Lacks(string path, string column) => new($"{path}: a cell of {column} is empty; fill it in", Exit.BadData);
}

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Anit.Data;

/// <summary>Shows the first rows of a table as text that fits a width: what a terminal gets in place of binary data.</summary>
/// <remarks>Columns that are too wide are cut, the widest first. Where even that leaves too little room for each column, every row
/// is shown as a block with one line a column.</remarks>
public sealed class TextTable(TextWriter output, Schema schema, int width, int rows) : ITableWriter
{
    const int NarrowestColumn = 8;
    const string Gap = "  ", NullText = "null", More = "…";

    readonly List<string[]> shown = [];
    readonly CanonicalJson json = new();

    /// <summary>Rows seen so far, shown or not.</summary>
    public long Rows { get; private set; }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        for (var row = 0; row < batch.Rows && shown.Count < rows; row++) shown.Add(Cells(batch, row));
        Rows += batch.Rows;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
    {
        var names = schema.Fields.Select(f => OneLine(f.Name)).ToArray();
        var widths = Widths(names);
        if (widths is null) await WriteBlocks(names).ConfigureAwait(false);
        else
        {
            await WriteLine(names, widths).ConfigureAwait(false);
            await output.WriteLineAsync(string.Join(Gap, widths.Select(w => new string('─', w)))).ConfigureAwait(false);
            foreach (var cells in shown) await WriteLine(cells, widths).ConfigureAwait(false);
        }
        await output.FlushAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    string[] Cells(ColumnBatch batch, int row)
    {
        using var line = JsonDocument.Parse(json.Row(batch, row));
        return [.. line.RootElement.EnumerateArray().Select(cell => cell.ValueKind switch
        {
            JsonValueKind.Null => NullText,
            JsonValueKind.String => OneLine(cell.GetString()!),
            _ => OneLine(cell.GetRawText()),
        })];
    }

    static string OneLine(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(c => c switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => char.IsControl(c) ? "\uFFFD" : c.ToString() }))
        : text;

    // Null when not even narrow columns fit.
    int[]? Widths(string[] names)
    {
        var widths = names.Select((name, i) => shown.Select(cells => TextWidth.Of(cells[i])).Append(TextWidth.Of(name)).Max()).ToArray();
        var room = width - Gap.Length * (widths.Length - 1);
        if (width <= 0) return widths;
        for (var cap = Math.Max(room, NarrowestColumn); cap >= NarrowestColumn; cap--)
        {
            var capped = Array.ConvertAll(widths, w => Math.Min(w, cap));
            if (capped.Sum() <= room) return capped;
        }
        return null;
    }

    Task WriteLine(string[] cells, int[] widths) =>
        output.WriteLineAsync(string.Join(Gap, cells.Select((cell, i) => TextWidth.Fit(cell, widths[i], More))).TrimEnd());

    async Task WriteBlocks(string[] names)
    {
        var label = names.Max(TextWidth.Of);
        for (var row = 0; row < shown.Count; row++)
        {
            await output.WriteLineAsync($"row {row}").ConfigureAwait(false);
            for (var i = 0; i < names.Length; i++)
            {
                var cell = TextWidth.Fit(shown[row][i], Math.Max(NarrowestColumn, width - label - 2 * Gap.Length), More);
                await output.WriteLineAsync($"{Gap}{TextWidth.Fit(names[i], label, More)}{Gap}{cell}".TrimEnd()).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>How many terminal cells text takes: two for East Asian wide characters and emoji, none for combining marks.</summary>
static class TextWidth
{
    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    /// <summary>The text padded to a width, or cut to it with a mark at its end.</summary>
    public static string Fit(string text, int width, string more)
    {
        var whole = Of(text);
        if (whole <= width) return text + new string(' ', width - whole);

        var cut = new StringBuilder();
        var used = Of(more);
        foreach (var rune in text.EnumerateRunes())
        {
            if (used + Of(rune) > width) break;
            used += Of(rune);
            cut.Append(rune.ToString());
        }
        return cut.Append(more).Append(' ', Math.Max(0, width - used)).ToString();
    }

    static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => IsWide(rune.Value) ? 2 : 1,
    };

    static bool IsWide(int c) =>
        c is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
            or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6
                or >= 0x1F300 and <= 0x1FAFF or >= 0x20000 and <= 0x3FFFD;
}

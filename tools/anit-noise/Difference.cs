using System.Text;
using Anit.Data;
using Anit.Noise;

namespace Anit.Tools;

/// <summary>Shows what noise did to a row, word by word: [-gone-] and {+new+}, in red and green on a terminal.</summary>
static class Difference
{
    static readonly bool Colour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static void Show(ColumnBatch batch, int row, NoiseOptions options)
    {
        var (clean, noisy) = (batch[options.Columns.Text].Text(row)!, batch[options.Columns.Noisy].Text(row)!);
        var id = batch.Find(options.Columns.Id)?.Text(row) ?? $"row {row}";
        var edits = batch["edits"].Integer(row);
        var mark = batch["unchanged"].Flag(row) == true ? ", unchanged" : "";
        Console.Out.WriteLine(Printable($"{id}  {batch["noise"].Text(row)}  {edits} {(edits == 1 ? "word" : "words")}{mark}"));
        Console.Out.WriteLine("  " + Line(clean, noisy, options.Segmenter));
    }

    static string Line(string clean, string noisy, Segmenter segmenter)
    {
        var line = new StringBuilder();
        foreach (var step in Alignment.Of(clean, noisy, segmenter))
        {
            if (line.Length > 0) line.Append(' ');
            if (step.Change is Change.Deleted or Change.Substituted) line.Append(Colour ? "\u001b[31m" : "[-").Append(Printable(clean[step.Clean])).Append(Colour ? "\u001b[0m" : "-]");
            if (step.Change is Change.Substituted) line.Append(' ');
            if (step.Change is Change.Inserted or Change.Substituted) line.Append(Colour ? "\u001b[32m" : "{+").Append(Printable(noisy[step.Noisy])).Append(Colour ? "\u001b[0m" : "+}");
            if (step.Change is Change.Kept) line.Append(Printable(clean[step.Clean]));
        }
        return line.ToString();
    }

    // Text from a file must not steer the terminal.
    static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}

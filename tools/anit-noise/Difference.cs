using System.Text;
using Anit.Data;

namespace Anit.Tools.Noise;

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

    /// <summary>The same of a text inside a row.</summary>
    public static void Show(string key, string clean, string noisy, Segmenter segmenter)
    {
        Console.Out.WriteLine(Printable(clean == noisy ? $"{key}  unchanged" : key));
        Console.Out.WriteLine("  " + Line(clean, noisy, segmenter));
    }

    static string Line(string clean, string noisy, Segmenter segmenter)
    {
        var line = new StringBuilder();
        var (gone, come) = Colour ? ("\u001b[31m", "\u001b[32m") : ("[-", "{+");
        foreach (var step in Alignment.Of(clean, noisy, segmenter))
        {
            if (line.Length > 0) line.Append(' ');
            if (step.Change is Change.Deleted or Change.Substituted) Mark(gone, clean[step.Clean], "-]");
            if (step.Change is Change.Substituted) line.Append(' ');
            if (step.Change is Change.Inserted or Change.Substituted) Mark(come, noisy[step.Noisy], "+}");
            if (step.Change is Change.Kept) line.Append(Printable(clean[step.Clean]));
        }
        return line.ToString();

        void Mark(string begin, string words, string end) => line.Append(begin).Append(Printable(words)).Append(Colour ? "\u001b[0m" : end);
    }

    // Text from a file must not steer the terminal.
    static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}

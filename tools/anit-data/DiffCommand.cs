using System.CommandLine;
using System.Text;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data diff FILE</c>: raw against noisy instructions, word by word: [-gone-] and {+new+}, red and green on a terminal.</summary>
static class DiffCommand
{
    static readonly bool colour = Streams.StdoutIsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static Command Create()
    {
        var input = Opt.Input();
        var clean = new Option<string>("--clean") { Description = "The column of raw texts.", DefaultValueFactory = _ => "instruction",
            HelpName = "name" };
        var noisy = new Option<string?>("--noisy") { Description = "The column of noisy texts; noisy_<clean> by default.", HelpName = "name" };
        var rows = Opt.Count("--rows", "How many rows with a noisy text; 0 for all.", 10, from: 0);
        rows.Aliases.Add("-n");
        var command = new Command("diff", "Shows what noise did to each text.") { input, clean, noisy, rows }
            .Example("anit-data diff noisy.parquet -n 5");
        command.SetAction((given, stop) => Run(new(given.GetValue(input) ?? []), given.GetValue(clean)!, given.GetValue(noisy)
            ?? $"noisy_{given.GetValue(clean)}", given.GetValue(rows), stop));
        return command;
    }

    static async Task<int> Run(TableInput input, string clean, string noisy, int most, CancellationToken stop)
    {
        await using var reader = await input.OpenAsync(columns: null, stop);
        input.Require(reader.Schema, [clean, noisy]);
        await using var output = new StreamWriter(Streams.Stdout(), new UTF8Encoding(false)) { NewLine = "\n" };
        var (shown, row) = (0, 0L);
        await foreach (var batch in reader.ReadBatchesAsync(stop))
        {
            for (var i = 0; i < batch.Rows; i++, row++)
            {
                if (batch[noisy].Text(i) is not { } changed) continue;
                if (most > 0 && shown == most) return Exit.Done;
                shown++;
                var id = batch.Find("id")?.Text(i) ?? $"row {row}";
                var about = string.Join("  ", new[] { batch.Find("noise")?.Text(i), batch.Find("distance")?.Integer(i) is { } d ? $"d={d}"
                    : null, batch.Find("distortion")?.Number(i) is { } x ? $"d'={x:0.###}" : null }.OfType<string>());
                await output.WriteLineAsync($"{Printable(id)}{(about.Length > 0 ? "  " + about : "")}");
                await output.WriteLineAsync("  " + Line(batch[clean].Text(i) ?? "", changed));
            }
        }
        return Exit.Done;
    }

    static string Line(string clean, string noisy)
    {
        var words = WordDiff.Of(clean.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            noisy.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return string.Join(' ', words.Select(word => word.Kind switch
        {
            '-' => colour ? $"\u001b[31m{Printable(word.Text)}\u001b[0m" : $"[-{Printable(word.Text)}-]",
            '+' => colour ? $"\u001b[32m{Printable(word.Text)}\u001b[0m" : $"{{+{Printable(word.Text)}+}}",
            _ => Printable(word.Text),
        }));
    }

    // Text from a file must not steer the terminal.
    static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
}

/// <summary>Aligns two lists of words by their longest common subsequence.</summary>
static class WordDiff
{
    /// <summary>The words of both in order, marked ' ' kept, '-' gone, '+' new.</summary>
    public static List<(char Kind, string Text)> Of(string[] old, string[] now)
    {
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
            for (var k = now.Length - 1; k >= 0; k--)
                common[i, k] = old[i] == now[k] ? common[i + 1, k + 1] + 1 : Math.Max(common[i + 1, k], common[i, k + 1]);
        var result = new List<(char, string)>();
        for (int i = 0, k = 0; i < old.Length || k < now.Length;)
        {
            if (i < old.Length && k < now.Length && old[i] == now[k]) (i, k) = Add(' ', old[i], i + 1, k + 1);
            else if (i < old.Length && (k == now.Length || common[i + 1, k] >= common[i, k + 1])) (i, k) = Add('-', old[i], i + 1, k);
            else (i, k) = Add('+', now[k], i, k + 1);
        }
        return result;

        (int, int) Add(char kind, string word, int i, int k)
        {
            result.Add((kind, word));
            return (i, k);
        }
    }
}

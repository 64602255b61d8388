using System.Text.Json;
using System.Text.RegularExpressions;

namespace Anit.Samples;

/// <summary>Counts over rows: how long, how varied, how ambiguous the examples are.</summary>
internal sealed class Statistics
{
    static readonly Regex WordPattern = new(@"[\p{L}\p{N}]+(?:['.-][\p{L}\p{N}]+)*");

    readonly HashSet<string> vocabulary = new(StringComparer.Ordinal);
    readonly HashSet<string> bigrams = new(StringComparer.Ordinal);
    readonly HashSet<string> trigrams = new(StringComparer.Ordinal);
    readonly HashSet<string> texts = new(StringComparer.Ordinal);
    readonly HashSet<string> asked = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> labels = new(StringComparer.Ordinal);
    readonly Dictionary<string, HashSet<string>> roles = new(StringComparer.Ordinal);
    readonly Dictionary<string, HashSet<string>> nameWords = new(StringComparer.Ordinal);
    long rows, words, answerWords, items, empty;

    /// <summary>The statistics of each task in a file of JSON lines.</summary>
    public static SortedDictionary<string, Statistics> Of(string path)
    {
        var tasks = new SortedDictionary<string, Statistics>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            var task = row.GetProperty("task").GetString()!;
            if (!tasks.TryGetValue(task, out var statistics)) tasks[task] = statistics = new();
            statistics.Add(task, row.GetProperty("text").GetString(), row.GetProperty("target").GetString()!,
                $"{row.GetProperty("instruction")}\n{row.GetProperty("question")}\n{row.GetProperty("format")}");
        }
        return tasks;
    }

    void Add(string task, string? text, string target, string wording)
    {
        rows++;
        texts.Add(text ?? target);
        asked.Add(wording);
        answerWords += target.Split(' ').Length;
        var found = WordPattern.Matches(text ?? target).Select(m => m.Value).ToList();
        words += found.Count;
        for (var i = 0; i < found.Count; i++)
        {
            vocabulary.Add(found[i]);
            if (i > 0) bigrams.Add($"{found[i - 1]} {found[i]}");
            if (i > 1) trigrams.Add($"{found[i - 2]} {found[i - 1]} {found[i]}");
        }
        if (target == Answers.None) empty++;
        else if (task != "other") AddItems(task, target);
    }

    void AddItems(string task, string target)
    {
        foreach (var item in target.Split("; "))
        {
            var colon = item.IndexOf(": ", StringComparison.Ordinal);
            var (label, value) = task == "tc" ? (item[(colon + 2)..], "") : (item[..colon], item[(colon + 2)..]);
            items++;
            labels[label] = labels.GetValueOrDefault(label) + 1;
            if (task != "ner") continue;
            Of(roles, value).Add(label);
            foreach (Match word in WordPattern.Matches(value)) Of(nameWords, word.Value).Add(label);
        }
    }

    static HashSet<string> Of(Dictionary<string, HashSet<string>> table, string key) => table.TryGetValue(key, out var set) ? set : table[key] = [];

    public IEnumerable<string> Lines()
    {
        var share = labels.OrderByDescending(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal).Take(8).Select(l => $"{l.Key} {l.Value}");
        yield return $"rows {rows}, distinct texts {texts.Count}, wordings {asked.Count}, answers None {100.0 * empty / rows:F1} %";
        yield return $"words a text {(double)words / rows:F1}, words an answer {(double)answerWords / rows:F1}, items a row "
            + $"{(double)items / rows:F2}";
        yield return $"vocabulary {vocabulary.Count}, distinct bigrams {100.0 * bigrams.Count / Math.Max(1, words - rows):F1} %, distinct trigrams "
            + $"{100.0 * trigrams.Count / Math.Max(1, words - 2 * rows):F1} %";
        if (labels.Count > 0) yield return $"labels {labels.Count}: {string.Join(", ", share)}";
        if (roles.Count > 0) yield return $"names {roles.Count}, of several labels {Several(roles):F1} %; words in names {nameWords.Count}, of "
            + $"several labels {Several(nameWords):F1} %";
    }

    static double Several(Dictionary<string, HashSet<string>> table) => 100.0 * table.Values.Count(v => v.Count > 1) / table.Count;
}

using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;

namespace Anit.Tools.Tests.Reports;

/// <summary><c>anit-noise --report</c> and <c>anit-score --report</c>.</summary>
public sealed partial class DistanceReportTests
{
    const string Noise = "anit-noise rows.jsonl --noise replace:2,truncate:1,shuffle:1 --omega 0.4 --count uniform --phi 0.75 --seed 5 -q";

    [Fact]
    public void Both_show_the_same_beta_and_the_same_distances_by_noise()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(200));
        var run = bench.Bash(
            $"{Noise} -o n.parquet --report noise.html && anit-score n.parquet -q -o s.parquet --manifest m.json --report score.html");
        run.ShouldBe(new Run(0, "", ""));
        var (noise, score) = (File.ReadAllText(bench["noise.html"]), File.ReadAllText(bench["score.html"]));
        Body(noise).ShouldBe(Body(score)); // all but the settings

        var facts = Facts().Matches(noise).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        facts["rows"].ShouldBe("200");
        facts["of them noisy"].ShouldBe("150");
        var manifest = JsonNode.Parse(File.ReadAllText(bench["m.json"]))!;
        var beta = (double)manifest["distortion"]!["beta"]!;
        facts["β"].ShouldBe(beta.ToString("0.000", CultureInfo.InvariantCulture));
        var interval = facts["β, 95 % interval"].Split(" – ").Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        beta.ShouldBeInRange(interval[0], interval[1]);

        // The bars of "all noises" are the histogram of the manifest.
        var bars = Bar().Matches(noise[..noise.IndexOf("</svg>", StringComparison.Ordinal)])
            .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        bars.ShouldBe(manifest["histogram"]!.AsObject().ToDictionary(h => h.Key, h => $"{h.Value}"), ignoreOrder: true);
        foreach (var kind in new[] { "replace", "truncate", "shuffle" }) noise.ShouldContain($"<th scope=\"row\">{kind}</th>");
    }

    [Fact]
    public void Threads_and_the_order_of_rows_leave_the_same_page_and_no_path_is_in_it()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(200));
        var run = bench.Bash($"{Noise} --threads 1 -o a.parquet --report a.html && tac rows.jsonl > other && mv other rows.jsonl && "
            + $"{Noise} --threads 3 -o b.parquet --report b.html && cmp a.html b.html");
        run.ShouldBe(new Run(0, "", ""));
        File.ReadAllText(bench["a.html"]).ShouldNotContain(bench.Folder);
    }

    [Fact]
    public void Examples_stand_word_over_word()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(40));
        bench.Bash($"{Noise} -o n.jsonl --report r.html").Code.ShouldBe(0);
        var pairs = File.ReadLines(bench["n.jsonl"]).Select(line => JsonNode.Parse(line)!).ToDictionary(row => (string)row["id"]!);
        var examples = Example().Matches(File.ReadAllText(bench["r.html"]));
        examples.Count.ShouldBeGreaterThan(5);
        foreach (Match example in examples)
        {
            var row = pairs[example.Groups[1].Value];
            var words = Pair().Matches(example.Groups[2].Value);
            string Line(int group) => string.Join(' ', words.Select(w => w.Groups[group].Value).Where(w => w != "\u00A0"));
            Line(1).ShouldBe((string)row["instruction"]!);
            Line(2).ShouldBe((string)row["noisy_instruction"]!);
            Changed().Count(example.Groups[2].Value).ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void One_distance_few_texts_and_no_noise_at_all_are_said()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(100));
        bench.Bash("anit-noise rows.jsonl --noise truncate --omega 0.1 -q -o n.parquet --report r.html").Code.ShouldBe(0);
        var page = File.ReadAllText(bench["r.html"]);
        page.ShouldContain("All 100 distances are ");
        page.ShouldContain("Only 2 of 100 noisy texts differ."); // one of both ends is gone
        bench.Bash("anit-noise rows.jsonl --phi 0 -q -o clean.parquet --report none.html").Code.ShouldBe(0);
        File.ReadAllText(bench["none.html"]).ShouldContain("No row is noisy");
    }

    [Fact]
    public void Distances_of_vectors_are_shown_from_0_to_1()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(40));
        bench.Bash($"{Noise} -o n.jsonl").Code.ShouldBe(0);
        var rows = File.ReadLines(bench["n.jsonl"]).Select(line => JsonNode.Parse(line)!)
            .Where(row => row["noisy_instruction"] is not null).ToList();
        // The clean text points along one axis, a noisy one at 60 degrees to it or, of every second text, nowhere near: 1 - cos is 0.5 or 1.
        var texts = rows.Select(row => (string)row["noisy_instruction"]!).Distinct()
            .Select((text, i) => (text, i % 2 == 0 ? "[0.5, 0.8660254]" : "[0, 1]"))
            .Append(((string)rows[0]["instruction"]!, "[1, 0]"));
        bench.Write("v.jsonl",
            string.Concat(texts.Select(t => $"{{\"text\": {JsonValue.Create(t.Item1)!.ToJsonString()}, \"vector\": {t.Item2}}}\n")));
        bench.Bash("anit-score n.jsonl -q --method lme --embedder file:v.jsonl -o s.jsonl --report r.html").ShouldBe(new Run(0, "", ""));
        var page = File.ReadAllText(bench["r.html"]);
        page.ShouldContain("Distances are measured by lme, from 0 to 1.");
        var distortions = File.ReadLines(bench["s.jsonl"]).Select(line => (double?)JsonNode.Parse(line)!["distortion"]).OfType<double>().ToList();
        page.ShouldContain($"<title>0.500 to 0.550: {distortions.Count(d => d < 0.75)}</title>");
        page.ShouldContain($"<title>0.950 to 1: {distortions.Count(d => d > 0.75)}</title>");
    }

    [Theory]
    [InlineData("{noise} -o n.parquet --report notes.txt", 1, "notes.txt is there already and is no report of anit-noise; name another file, or ")]
    [InlineData("{noise} -o n.parquet --report rows.jsonl --force", 2, "--report rows.jsonl is rows.jsonl, which is read or written, too;")]
    [InlineData("{noise} -o n.parquet --report ./n.parquet", 2, "which is read or written, too")]
    [InlineData("{noise} -o n.parquet --report .", 2, ".: is a directory; name a file")]
    [InlineData("{noise} -o n.parquet --report none/r.html", 2, "there is no directory")]
    [InlineData("{noise} -o n.parquet --report -", 2, "--report is -, where rows or scores go; name a file")]
    [InlineData("{noise} --dry-run --report r.html", 2, "--report and --dry-run exclude each other")]
    [InlineData("anit-score rows.jsonl -o s.parquet --report notes.txt", 1, "notes.txt is there already and is no report of anit-score")]
    [InlineData("anit-score rows.jsonl --dry-run --report r.html", 2, "--report and --dry-run exclude each other")]
    public void A_report_replaces_nothing_but_a_report(string line, int code, string message)
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(3));
        bench.Write("notes.txt", "mine");
        var run = bench.Bash(line.Replace("{noise}", Noise, StringComparison.Ordinal));
        run.Code.ShouldBe(code, run.ToString());
        run.Error.ShouldContain(message);
        run.Error.Trim().ShouldNotContain('\n');
        bench.Bash("cat notes.txt; ls").Output.ShouldBe("minenotes.txt\nrows.jsonl\n");
    }

    [Fact]
    public void A_report_is_made_anew_although_the_table_is_up_to_date()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(20));
        bench.Bash($"{Noise} -o n.parquet --report r.html && cp r.html first.html && {Noise} --seed 6 -o other.parquet --report r.html && "
            + $"! cmp -s r.html first.html && {Noise} -o n.parquet --report r.html && cmp r.html first.html").ShouldBe(new Run(0, "", ""));
    }

    static string Body(string page) => page[page.IndexOf("<main>", StringComparison.Ordinal)..page.LastIndexOf("<section", StringComparison.Ordinal)];

    [GeneratedRegex("<dt>([^<]*)</dt><dd>([^<]*)</dd>")]
    private static partial Regex Facts();

    [GeneratedRegex("<title>(\\d+): ([\\d,]+)</title>")]
    private static partial Regex Bar();

    [GeneratedRegex("<code>([^<]*)</code></p><p class=\"gloss\">(.*?)</p></article>", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("<span><(?:span|del)>([^<]*)</(?:span|del)><(?:span|ins)[^>]*>([^<]*)</(?:span|ins)></span>")]
    private static partial Regex Pair();

    [GeneratedRegex("<(del|ins)>")]
    private static partial Regex Changed();
}

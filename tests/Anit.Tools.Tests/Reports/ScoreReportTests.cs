using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;

namespace Anit.Tools.Tests.Reports;

/// <summary>What <c>anit-eval score</c> leaves beside its table: <c>--csv</c> and <c>--report</c>, of 10,000 wrong answers to texts that would
/// break a page which took them for markup.</summary>
public sealed partial class ScoreReportTests(ScoreReportTests.Scored scored) : IClassFixture<ScoreReportTests.Scored>
{
    const int Rows = 10_000;
    const string Nasty = "Ann Lee met </script><script>document.title = 'owned'</script><!--<script> & <b>Bo</b> in Rome";

    /// <summary>One run of the tool for all tests.</summary>
    public sealed class Scored : IDisposable
    {
        public Scored()
        {
            // Raw: one of two entities is missing. replace: one has another label. shuffle: one is too short.
            var rows = Enumerable.Range(0, Rows / 2).SelectMany(i => new[]
            {
                Row(i, "raw", "person: Ann Lee"), Row(i, i % 2 == 0 ? "replace@0.1#1" : "shuffle@0.2#7",
                    i % 2 == 0 ? "place: Ann Lee; place: Rome" : "person: Ann; place: Rome"),
            });
            Bench.Write("answers.jsonl", string.Concat(rows.Select(row => row + "\n")));
            Run = Bench.Bash("anit-eval score answers.jsonl --csv scores.csv --report page.html --json");
            Page = File.Exists(Bench["page.html"]) ? File.ReadAllText(Bench["page.html"]) : "";
        }

        public Workbench Bench { get; } = new();

        public Run Run { get; }

        public string Page { get; }

        static string Row(int i, string condition, string prediction) => JsonSerializer.Serialize(new
        {
            id = $"r/{i}", task = "ner", run = "m", condition, instruction = $"List <b>entities</b>, {condition}.",
            options = new[] { "person", "place" }, text = Nasty, target = "person: Ann Lee; place: Rome", prediction,
        });

        public void Dispose() => Bench.Dispose();
    }

    [Fact]
    public void The_table_of_scores_has_a_row_for_each_run_noise_strength_seed_label_and_measure()
    {
        scored.Run.Code.ShouldBe(0, scored.Run.ToString());
        var lines = File.ReadAllLines(scored.Bench["scores.csv"]);
        lines[0].ShouldBe("run,instruction,noise,omega,seed,group,label,metric,value");
        lines.ShouldContain("answers,raw,,,,ner,,recall,0.5");
        lines.ShouldContain("answers,raw,,,,ner,person,f1,1.0");
        lines.ShouldContain("answers,raw,,,,ner,place,f1,0.0");
        lines.ShouldContain("answers,noisy,replace,0.1,1,ner,,tp,2500.0");
        lines.ShouldContain("answers,noisy,replace,0.1,1,ner,place,precision,0.5");
        lines.ShouldContain("answers,noisy,shuffle,0.2,7,ner,,f1,0.5");
        lines.Length.ShouldBe(lines.Distinct().Count());
    }

    [Fact]
    public void No_text_of_the_data_is_markup_of_the_page_and_all_of_it_is_there()
    {
        Elements().Matches(scored.Page).Select(m => m.Value).ShouldBe(["<script type=\"application/json\" id=\"answers\">", "<script>"]);
        scored.Page.ShouldNotContain("<b>");
        var data = JsonDocument.Parse(Data().Match(scored.Page).Groups[1].Value).RootElement;
        data.GetProperty("rows").EnumerateArray().ShouldAllBe(row => row[2].GetString() == Nasty);
        data.GetProperty("rows").GetArrayLength().ShouldBe(Rows / 2);
        data.GetProperty("answers").GetArrayLength().ShouldBe(Rows);
        Words(data, "conditions").ShouldBe("raw replace@0.1#1 shuffle@0.2#7");
        Words(data, "noises").ShouldBe("raw replace shuffle");
        var kinds = data.GetProperty("answers").EnumerateArray().SelectMany(a => a.EnumerateArray().Skip(7).Select(item => item[0].GetInt32()))
            .CountBy(kind => data.GetProperty("kinds")[kind].GetString()!).ToDictionary();
        kinds.ShouldBe(new Dictionary<string, int>
        {
            ["right"] = Rows, ["missing"] = Rows / 2, ["wrong label"] = Rows / 4, ["wrong span"] = Rows / 4,
        }, ignoreOrder: true);
        scored.Page.ShouldContain("<caption>ner, all other instructions</caption>");
    }

    [Fact]
    public void A_place_that_is_not_ours_or_of_another_kind_is_refused_before_any_work()
    {
        scored.Bench.Write("notes.html", "<p>notes</p>");
        var run = scored.Bench.Bash("anit-eval score answers.jsonl --report notes.html; anit-eval score answers.jsonl --csv scores.txt");
        run.ShouldBe(new(2, "", "anit-eval: notes.html is there already and is no report of anit-eval; name another file, or replace it with "
            + "--force\nanit-eval: --csv is scores.txt; expected a file whose name ends in .csv\n"));
    }

    [ChromiumFact]
    public void In_a_browser_the_list_of_10000_holds_few_lines_and_keys_and_filters_walk_it()
    {
        const string Probe = """
            <script>
            const list = document.querySelector("#errors .list"), seen = {};
            const state = () => [document.querySelectorAll("#errors .line").length < 60, list.getAttribute("aria-activedescendant"),
              document.querySelector("#errors .count").textContent].join(" | ");
            const press = key => list.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            seen.start = state();
            press("ArrowDown"); press("ArrowDown"); press("ArrowUp"); seen.second = state();
            press("End"); seen.end = state();
            const [noise, error, label] = document.querySelectorAll("#errors select");
            noise.value = "1"; noise.dispatchEvent(new Event("input", { bubbles: true })); seen.noise = state();
            error.value = "4"; error.dispatchEvent(new Event("input", { bubbles: true })); seen.none = state();
            error.value = "3"; error.dispatchEvent(new Event("input", { bubbles: true })); seen.label = state();
            seen.sides = [...document.querySelectorAll("#errors h3")].map(h => h.textContent).slice(1).join(", ");
            const marks = [...document.querySelectorAll("#errors .side:last-child .text mark")];
            seen.marks = marks.map(mark => `${mark.className}: ${mark.textContent}`).join("; ");
            seen.title = document.title;
            document.body.innerHTML = ""; document.body.append(JSON.stringify(seen));
            </script>
            """;
        File.WriteAllText(scored.Bench["probe.html"], scored.Page.Replace("</body>", Probe + "</body>", StringComparison.Ordinal));
        var dom = scored.Bench.Bash($"{ChromiumFactAttribute.Browser} --headless --no-sandbox --disable-gpu --dump-dom file://$PWD/probe.html "
            + "2> browser.log");
        dom.Code.ShouldBe(0, dom.ToString());
        var seen = JsonDocument.Parse(Body().Match(dom.Output).Groups[1].Value).RootElement;
        string Seen(string what) => seen.GetProperty(what).GetString()!;
        Seen("start").ShouldBe("true | line0 | 10,000 of 10,000 wrong answers");
        Seen("second").ShouldBe("true | line1 | 10,000 of 10,000 wrong answers");
        Seen("end").ShouldBe("true | line9999 | 10,000 of 10,000 wrong answers");
        Seen("noise").ShouldBe("true | line0 | 2,500 of 10,000 wrong answers");
        Seen("none").ShouldBe("true |  | 0 of 10,000 wrong answers");
        Seen("label").ShouldBe("true | line0 | 2,500 of 10,000 wrong answers");
        Seen("sides").ShouldBe("raw instruction, replace@0.1#1 instruction");
        Seen("marks").ShouldBe("gold said off: Ann Lee; gold said: Rome");
        Seen("title").ShouldBe("Scores of answers · anit-eval");
    }

    static string Words(JsonElement data, string name) => string.Join(' ', data.GetProperty(name).EnumerateArray().Select(e => e.GetString()));

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Elements();

    [GeneratedRegex("id=\"answers\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();

    [GeneratedRegex("<body>(.*?)</body>", RegexOptions.Singleline)]
    private static partial Regex Body();
}

/// <summary>A test for a browser; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Browser is null) Skip = "no chromium-headless-shell, chromium or google-chrome on the PATH";
    }

    /// <summary>The browser's program; null where there is none.</summary>
    public static string? Browser { get; } = (from name in new[] { "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome" }
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        let path = Path.Combine(folder, name)
        where File.Exists(path)
        select path).FirstOrDefault();
}

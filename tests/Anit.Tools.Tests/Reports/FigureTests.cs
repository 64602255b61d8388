using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Anit.Tools.Reports;
using Shouldly;

namespace Anit.Tools.Tests.Reports;

/// <summary>Charts, tables and pages as the bytes they become.</summary>
public sealed partial class FigureTests
{
    static readonly LineChart Chart = new("Loss", "step",
    [
        new("clean", [new(1, 4), new(2, 2.5), new(3, 1.25), new(4, double.NaN), new(5, 0.75)]),
        new("noisy", [new(1, 5, 4.5, 5.5), new(3, 2, 1.5, 2.5), new(5, 1.5, 1, 2)]),
    ]) { Note = "Nats.", Level = (1, "one"), Reaches = [0], Whole = true };

    static readonly Histogram Distances =
        new("replace", "words", Bins.OfWhole(new Dictionary<int, long> { [0] = 1, [2] = 7, [3] = 12 }, highest: 5)) { Mark = (2.55, "mean 2.55") };

    static readonly BarChart Bars = new("F1 by noise", ["raw", "noisy"],
        [("replace", [new(0, 0.9, 0.85, 0.95), new(0, 0.7)]), ("a noise with a very long name", [new(0, 0.9), new(0, double.NaN)])])
    {
        Format = v => Numbers.Percent(v), Reaches = 1,
    };

    [Fact]
    public void A_line_chart_is_frozen() => Approve(Chart);

    [Theory]
    [InlineData(1.2, 5, "end", true)]
    [InlineData(5, 1.2, "start", true)]
    [InlineData(1.2, 1.2, "end", false)]
    public void A_level_is_named_where_no_curve_runs(double first, double last, string anchor, bool above)
    {
        var points = Enumerable.Range(0, 50).Select(i => new ChartPoint(i, i < 25 ? first : last)).ToList();
        var chart = new LineChart("Norm", "step", [new("norm", points)]) { Level = (1, "clipped above 1"), Reaches = [0, 5] };
        var svg = XElement.Parse(Html(chart));
        var (name, level) = (svg.Descendants("text").Single(t => t.Value == "clipped above 1"),
            svg.Descendants("line").Single(l => l.Attribute("class")?.Value == "level"));
        name.Attribute("text-anchor")!.Value.ShouldBe(anchor);
        (Coordinate(name, "y") < Coordinate(level, "y1")).ShouldBe(above);

        static double Coordinate(XElement mark, string axis) => double.Parse(mark.Attribute(axis)!.Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_histogram_is_frozen() => Approve(Distances);

    [Fact]
    public void A_bar_chart_is_frozen() => Approve(Bars);

    [Fact]
    public void A_page_is_frozen_but_for_its_style_sheet()
    {
        var table = new ReportTable("label", "F1") { Caption = "By label" };
        table.Add("person", ReportTable.Cell.Of("91.0", 0.91));
        var page = new ReportPage("anit-test", "A title") { Subtitle = "What it is.", Head = new Facts(Large: true).Add("rows", "12") }
            .Section("Curves", "How to read them.", new Figures([Chart])).Section("Table", null, table).Section("Empty", null)
            .Section("Words", null, new Prose("One.", "Two.") { IsWarning = true });
        Style().Replace(page.ToString(), "<style/>").ShouldMatchApproved(c => c.NoDiff().WithFileExtension("txt"));
    }

    [Fact]
    public void The_same_figures_are_the_same_bytes_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var expected = Html(Chart) + Html(Distances) + Html(Bars);
        try
        {
            foreach (var name in new[] { "de-DE", "ar-SA", "hi-IN" })
            {
                CultureInfo.CurrentCulture = new(name);
                (Html(Chart) + Html(Distances) + Html(Bars)).ShouldBe(expected, name);
            }
        }
        finally { CultureInfo.CurrentCulture = before; }
    }

    [Fact]
    public void Any_text_is_read_back_from_the_markup_as_it_was_and_never_as_markup()
    {
        var random = new Random(5);
        string[] bits = ["<script>alert(1)</script>", "\"", "'", "&", "&amp;", "]]>", "<!--", "-->", "</style>", "é", "😀", "中", " x", "\t"];
        for (var i = 0; i < 500; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 6).Select(_ => bits[random.Next(bits.Length)]));
            var table = new ReportTable(text) { Caption = text };
            table.Add(text);
            var read = XElement.Parse(Html(table));
            read.Descendants().Select(e => e.Name.LocalName).ShouldBe(["table", "caption", "thead", "tr", "th", "tbody", "tr", "th"]);
            read.Attribute("aria-label")!.Value.Replace(' ', '\t').ShouldBe(text.Replace(' ', '\t')); // XML makes tabs of attributes blanks
            read.Descendants("caption").Single().Value.ShouldBe(text);
            read.Descendants("tbody").Single().Value.Trim('\n').ShouldBe(text);
        }
    }

    [Fact]
    public void What_is_no_character_of_html_is_shown_as_a_broken_one() =>
        new Markup().Text("a\0b\u001b[31m\ud800c\udc00\uffff😀").ToString().ShouldBe("a\uFFFDb\uFFFD[31m\uFFFDc\uFFFD\uFFFD😀");

    [Fact]
    public void Charts_of_any_numbers_draw_within_their_frame()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var size = Math.Pow(10, random.Next(-9, 12));
            var points = Enumerable.Range(0, random.Next(0, 1500)).Select(x => new ChartPoint(x, random.Next(9) switch
            {
                0 => double.NaN, 1 => double.PositiveInfinity, 2 => 0, _ => (random.NextDouble() - 0.3) * size,
            })).ToList();
            Inside(new LineChart("a", "b", [new("c", points)]));
            var apart = random.Next(1, 6);
            var counts = Enumerable.Range(0, random.Next(1, 60)).ToDictionary(d => d * apart, _ => (long)random.Next(1, 2 + (int)(size % 1e6)));
            Inside(new Histogram("a", "b", Bins.OfWhole(counts, counts.Keys.Max() + random.Next(3))));
            Inside(new BarChart("a", ["b"], [("c", [new(0, points.Count == 0 ? 0 : points[0].Y)]), ("d", [new(0, -size)])]));
        }
    }

    static void Inside(IPart part)
    {
        var svg = XElement.Parse(Html(part)).Element("svg")!;
        var box = svg.Attribute("viewBox")!.Value.Split(' ').Select(Number).ToArray();
        foreach (var element in svg.Descendants())
        {
            foreach (var name in new[] { "x", "x1", "x2", "cx", "y", "y1", "y2", "cy" })
                if (element.Attribute(name) is { } at) Number(at.Value).ShouldBeInRange(0, name.Contains('x') ? box[2] : box[3], $"{element}");
            if (element.Attribute("d") is { Value.Length: > 0 } path)
                foreach (Match number in Coordinates().Matches(path.Value)) Number(number.Value).ShouldBeInRange(0, 400, path.Value);
        }
    }

    [Fact]
    public void Ticks_are_round_rising_few_and_their_labels_differ()
    {
        var random = new Random(9);
        for (var i = 0; i < 2000; i++)
        {
            var low = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 9));
            var high = low + random.NextDouble() * Math.Pow(10, random.Next(-6, 9)) + Math.Abs(low) * 1e-3;
            var axis = Ticks.Of(low, high, 0, 100);
            var ticks = axis.All().ToList();
            axis.Low.ShouldBeLessThanOrEqualTo(low + axis.Step * 1e-6);
            axis.High.ShouldBeGreaterThanOrEqualTo(high - axis.Step * 1e-6);
            ticks.Count.ShouldBeInRange(2, 8, $"{low} {high}");
            ticks.Select(t => axis.At(t.Value)).ShouldBeInOrder();
        }
        Ticks.Of(0, 1, 0, 100).All().Select(t => t.Label).ShouldBe(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        Ticks.Of(-3, 12_000, 0, 100).All().Select(t => t.Label).ShouldBe(["−5,000", "0", "5,000", "10,000", "15,000"]);
        Ticks.Of(7, 7, 0, 100, whole: true).All().Select(t => t.Label).ShouldBe(["7", "8"]);
    }

    [Fact]
    public void Every_value_is_in_its_bin()
    {
        for (var highest = 0; highest < 3000; highest += 1 + highest / 9)
        {
            var bins = Bins.OfWhole([new(0, 1), new(highest, 2)], highest);
            bins.Counts.Count.ShouldBeInRange(1, 41);
            bins.Counts.Sum().ShouldBe(3);
            bins.Counts[^1].ShouldBeGreaterThanOrEqualTo(2);
        }
        Bins.OfShares([(0, 1), (0.05, 2), (0.999, 3), (1, 4)]).Counts.ShouldBe([1, 2, .. new long[17], 7]);
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1")]
    [InlineData(1.2, "1.20")]
    [InlineData(-0.5, "−0.500")]
    [InlineData(1234.5, "1,235")]
    [InlineData(0.0001234, "1.23e−4")]
    [InlineData(double.NaN, "–")]
    public void Numbers_have_three_digits(double number, string text) => Numbers.Short(number).ShouldBe(text);

    [Fact]
    public void Every_colour_can_be_seen_on_the_papers_of_both_schemes()
    {
        var css = File.ReadAllText(Path.Combine(SharedData.Repository, "tools/Shared/Reports/report.css"));
        var schemes = Scheme().Matches(css)
            .Select(m => Variable().Matches(m.Value).ToDictionary(v => v.Groups[1].Value, v => v.Groups[2].Value)).ToList();
        schemes.Count.ShouldBe(3); // light, dark, print
        foreach (var colours in schemes)
        {
            foreach (var paper in new[] { colours["paper"], colours["panel"] })
            {
                // WCAG 2.2: 4.5 for text, 3 for what is drawn.
                foreach (var ink in new[] { "ink", "soft", "link" }) Contrast(colours[ink], paper).ShouldBeGreaterThan(4.5, ink);
                for (var i = 0; i < 8; i++) Contrast(colours[$"c{i}"], paper).ShouldBeGreaterThan(3, $"c{i}");
            }
            Contrast(colours["good"], colours["good-paper"]).ShouldBeGreaterThan(4.5);
            Contrast(colours["bad"], colours["bad-paper"]).ShouldBeGreaterThan(4.5);
            Contrast(colours["ink"], colours["warn-paper"]).ShouldBeGreaterThan(4.5);
        }
    }

    static double Contrast(string a, string b) => (Math.Max(Light(a), Light(b)) + 0.05) / (Math.Min(Light(a), Light(b)) + 0.05);

    // Relative luminance of #rgb or #rrggbb, WCAG 2.2.
    static double Light(string colour)
    {
        var digits = colour.Length == 4 ? string.Concat(colour[1..].Select(c => $"{c}{c}")) : colour[1..];
        var parts = Convert.FromHexString(digits).Select(c => c / 255.0)
            .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)).ToArray();
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    }

    static void Approve(IPart part) => Html(part).ReplaceLineEndings("\n").Replace("><", ">\n<", StringComparison.Ordinal)
        .ShouldMatchApproved(c => c.NoDiff().WithFileExtension("txt").LocateTestMethodUsingAttribute<FactAttribute>());

    static string Html(IPart part) => new Markup().Part(part).ToString();

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex(@"-?[\d.]+")]
    private static partial Regex Coordinates();

    [GeneratedRegex(@":root \{.*?\}", RegexOptions.Singleline)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"--([\w-]+): (#\w+)")]
    private static partial Regex Variable();
}

using System.Text;
using Anit.Data;

namespace Anit.Tools.Reports;

/// <summary>Figures one below another as one SVG file that stands alone: light or dark as the reader's system is, no network.</summary>
static class SvgFile
{
    const double Width = 400, Margin = 10, HeadHeight = 22, LegendHeight = 17, Gap = 18;
    const int LegendColumns = 4;

    const string Style = """
        text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: #55606e; }
        text.title { font-size: 13px; font-weight: 600; fill: #1c2530; } .name { fill: #1c2530; }
        .paper { fill: #fff; } .grid { stroke: #d5dae1; } .axis { stroke: #55606e; } .level { stroke: #1c2530; stroke-dasharray: 2 3; }
        .line { fill: none; stroke: currentColor; stroke-width: 1.8; } .band { fill: currentColor; opacity: .18; }
        circle, .bar { fill: currentColor; }
        .whisker { stroke: #1c2530; stroke-width: 1.2; }
        .c0 { color: #2563c4; } .c1 { color: #c2410c; } .c2 { color: #0f766e; } .c3 { color: #7c3aed; }
        .c4 { color: #be185d; } .c5 { color: #4d7c0f; } .c6 { color: #92580c; } .c7 { color: #526071; }
        .c1 .line, .c4 .line { stroke-dasharray: 6 3.5; } .c2 .line, .c5 .line { stroke-dasharray: 1.5 3.5; }
        @media (prefers-color-scheme: dark) {
          text { fill: #a2acb9; } text.title, .name { fill: #e6e9ee; } .paper { fill: #14181e; } .grid { stroke: #353d48; }
          .axis { stroke: #a2acb9; } .level, .whisker { stroke: #e6e9ee; }
          .c0 { color: #7aa7f5; } .c1 { color: #f59e6b; } .c2 { color: #4fc4b4; } .c3 { color: #b79bf7; }
          .c4 { color: #f087b3; } .c5 { color: #a6cf5a; } .c6 { color: #e0b368; } .c7 { color: #a3b1c2; }
        }
        """;

    /// <summary>Refuses a place that holds something else, before any work is done.</summary>
    public static void Check(string? path, string tool, bool force, params IEnumerable<string?> others) =>
        ReportFile.Check(path, tool, force, "--svg", others);

    /// <summary>Writes the figures.</summary>
    public static void Write(string path, string tool, string title, IReadOnlyList<Figure> figures)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(Text(tool, title, figures)));
        file.Commit();
    }

    /// <summary>The file's text.</summary>
    public static string Text(string tool, string title, IReadOnlyList<Figure> figures)
    {
        var heights = figures.Select(f => HeadHeight + f.DrawingHeight + LegendLines(f) * LegendHeight + Gap).ToList();
        var height = Math.Max(HeadHeight, heights.Sum()) + 2 * Margin;
        var svg = new Markup().Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox",
            $"0 0 {Numbers.Coordinate(Width + 2 * Margin)} {Numbers.Coordinate(height)}"), ("width", Numbers.Coordinate(Width + 2 * Margin)),
            ("role", "img"), ("aria-label", string.Join(" ", [title + ".", .. figures.Select(f => f.InWords)]))).Line();
        svg.Open("metadata").Verbatim(ReportPage.Mark(tool)).Close().Line().Open("style").Verbatim(Style).Close().Line();
        svg.Empty("rect", ("class", "paper"), ("width", "100%"), ("height", "100%")).Line();
        var top = Margin;
        foreach (var (figure, tall) in figures.Zip(heights))
        {
            svg.Open("g", ("transform", $"translate({Numbers.Coordinate(Margin)} {Numbers.Coordinate(top)})"));
            svg.Add("text", figure.Title, ("class", "title"), ("x", "0"), ("y", "13"));
            svg.Open("g", ("transform", $"translate(0 {Numbers.Coordinate(HeadHeight)})"));
            figure.Drawing(svg);
            svg.Close();
            DrawLegend(svg, figure, HeadHeight + figure.DrawingHeight);
            svg.Close().Line();
            top += tall;
        }
        return svg.Close().Line().ToString();
    }

    static int LegendLines(Figure figure) => figure.LegendNames.Count > 1 ? (figure.LegendNames.Count + LegendColumns - 1) / LegendColumns : 0;

    static void DrawLegend(Markup svg, Figure figure, double top)
    {
        if (LegendLines(figure) == 0) return;
        for (var i = 0; i < figure.LegendNames.Count; i++)
        {
            var (x, y) = (i % LegendColumns * (Width / LegendColumns), top + (i / LegendColumns + 1) * LegendHeight - 5);
            svg.Open("g", ("class", Figure.Colour(i))).Empty("path", ("class", "line"),
                ("d", $"M{Numbers.Coordinate(x)} {Numbers.Coordinate(y - 4)}h16")).Close();
            svg.Add("text", figure.LegendNames[i], ("x", Numbers.Coordinate(x + 21)), ("y", Numbers.Coordinate(y)));
        }
    }
}

namespace Anit.Tools.Reports;

/// <summary>What every chart has around it: caption, drawing, legend, and its numbers as a table for those who do not see it.</summary>
abstract record Figure(string Title) : IPart
{
    /// <summary>Width of a drawing in its own units, which are pixels where the page is wide enough; text has 11 of them.</summary>
    protected const double Width = 400;

    /// <summary>What the chart shows and how to read it, in a sentence.</summary>
    public string? Note { get; init; }

    /// <summary>The chart in a sentence.</summary>
    protected abstract string Summary { get; }

    /// <summary>Height of the drawing.</summary>
    protected abstract double Height { get; }

    /// <summary>What is drawn.</summary>
    protected abstract void Draw(Markup svg);

    /// <summary>Names of what is drawn, in the order of the colours; none where there is nothing to tell apart.</summary>
    protected virtual IReadOnlyList<string> Legend => [];

    /// <summary>The numbers; null where the drawing has them.</summary>
    protected virtual ReportTable? Table => null;

    /// <inheritdoc/>
    public void Write(Markup page)
    {
        page.Open("figure").Open("figcaption").Add("strong", Title);
        if (Note is not null) page.Text(" ").Add("span", Note, ("class", "note"));
        page.Close();
        page.Open("svg", ("viewBox", $"0 0 {Numbers.Coordinate(Width)} {Numbers.Coordinate(Height)}"), ("role", "img"), ("aria-label", Summary));
        Draw(page);
        page.Close();
        if (Legend.Count > 1)
        {
            page.Open("ul", ("class", "legend"));
            for (var i = 0; i < Legend.Count; i++) page.Open("li", ("class", Colour(i))).Add("span", Legend[i]).Close();
            page.Close();
        }
        if (Table is { } table) page.Open("details").Add("summary", "Numbers").Part(table).Close();
        page.Close().Line();
    }

    /// <summary>Height of the drawing alone.</summary>
    public double DrawingHeight => Height;

    /// <summary>The drawing alone, for a file that is no page.</summary>
    public void Drawing(Markup svg) => Draw(svg);

    /// <summary>Names of what is drawn, in the order of the colours.</summary>
    public IReadOnlyList<string> LegendNames => Legend;

    /// <summary>The chart in a sentence.</summary>
    public string InWords => Summary;

    /// <summary>The class that gives the n-th series its colour.</summary>
    public static string Colour(int series) => $"c{series % 8}";

    /// <summary>A text in a drawing.</summary>
    protected static void Label(Markup svg, double x, double y, string text, string anchor = "middle", string? look = null) =>
        svg.Add("text", text, ("x", Numbers.Coordinate(x)), ("y", Numbers.Coordinate(y)), ("text-anchor", anchor), ("class", look));

    /// <summary>A straight line in a drawing.</summary>
    protected static void Stroke(Markup svg, double x1, double y1, double x2, double y2, string look) =>
        svg.Empty("line", ("x1", Numbers.Coordinate(x1)), ("y1", Numbers.Coordinate(y1)), ("x2", Numbers.Coordinate(x2)),
            ("y2", Numbers.Coordinate(y2)), ("class", look));

    /// <summary>A rectangle that names its value to the mouse.</summary>
    protected static void Bar(Markup svg, double x, double y, double width, double height, string look, string tip) =>
        svg.Open("rect", ("x", Numbers.Coordinate(x)), ("y", Numbers.Coordinate(y)), ("width", Numbers.Coordinate(Math.Max(width, 0))),
            ("height", Numbers.Coordinate(Math.Max(height, 0))), ("class", look)).Add("title", tip).Close();

    /// <summary>Cuts a name that does not fit.</summary>
    protected static string Fit(string name, int most) => name.Length <= most ? name : name[..(most - 1)].TrimEnd() + "…";
}

/// <summary>Several charts side by side, as many as the page is wide.</summary>
sealed record Figures(IReadOnlyList<IPart> Parts) : IPart
{
    /// <inheritdoc/>
    public void Write(Markup page)
    {
        page.Open("div", ("class", "figures")).Line();
        foreach (var part in Parts) part.Write(page);
        page.Close().Line();
    }
}

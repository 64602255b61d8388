using System.Text;

namespace Anit.Tools.Reports;

/// <summary>A point of a curve, with its interval where it has one.</summary>
readonly record struct ChartPoint(double X, double Y, double Low = double.NaN, double High = double.NaN);

/// <summary>A curve; a value that is not finite interrupts it.</summary>
sealed record Curve(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>Curves over a common axis, each with its interval as a band.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Across">Name of the horizontal axis.</param>
/// <param name="Curves">At most eight can be told apart.</param>
sealed record LineChart(string Title, string Across, IReadOnlyList<Curve> Curves) : Figure(Title)
{
    const double Left = 52, Right = 390, Top = 10, Bottom = 184;
    const int MostPoints = 600, MostMarks = 40, MostLines = 12;

    /// <summary>Values that the vertical axis must reach, 0 say.</summary>
    public IReadOnlyList<double> Reaches { get; init; } = [];

    /// <summary>A level drawn across, with its name.</summary>
    public (double Value, string Name)? Level { get; init; }

    /// <summary>Whether the horizontal axis counts something.</summary>
    public bool Whole { get; init; }

    /// <inheritdoc/>
    protected override double Height => 224;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Legend => [.. Curves.Select(c => c.Name)];

    IEnumerable<ChartPoint> Seen => Curves.SelectMany(c => c.Points).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y));

    /// <inheritdoc/>
    protected override string Summary => $"{Title} over {Across}. " + string.Join("; ", Curves.Select(Sentence)) + ".";

    static string Sentence(Curve curve)
    {
        var points = curve.Points.Where(p => double.IsFinite(p.Y)).ToList();
        if (points.Count == 0) return $"{curve.Name}: no values";
        return $"{curve.Name}: from {Numbers.Short(points[0].Y)} to {Numbers.Short(points[^1].Y)}, least {Numbers.Short(points.Min(p => p.Y))}, "
            + $"greatest {Numbers.Short(points.Max(p => p.Y))}";
    }

    /// <inheritdoc/>
    protected override ReportTable Table
    {
        get
        {
            var table = new ReportTable([Across, .. Curves.Select(c => c.Name)]) { Caption = Title };
            var places = Seen.Select(p => p.X).Distinct().Order().ToList();
            var byPlace = Curves.Select(c => c.Points.DistinctBy(p => p.X).ToDictionary(p => p.X)).ToList();
            foreach (var i in Spread(places.Count))
                table.Add([ReportTable.Cell.Of(Numbers.Short(places[i])),
                    .. byPlace.Select(c => ReportTable.Cell.Of(c.TryGetValue(places[i], out var p) ? Value(p) : Numbers.None))]);
            return table;
        }
    }

    // The first, the last, and some between.
    static IEnumerable<int> Spread(int count) => count <= MostLines ? Enumerable.Range(0, count)
        : Enumerable.Range(0, MostLines).Select(i => (int)Math.Round(i * (count - 1.0) / (MostLines - 1)));

    static string Value(ChartPoint p) => Numbers.Short(p.Y) + (double.IsFinite(p.Low) && double.IsFinite(p.High)
        ? $" [{Numbers.Short(p.Low)}, {Numbers.Short(p.High)}]" : "");

    /// <inheritdoc/>
    protected override void Draw(Markup svg)
    {
        var (x, y) = Axes();
        foreach (var (value, label) in y.All())
        {
            Stroke(svg, Left, y.At(value), Right, y.At(value), value == 0 ? "axis" : "grid");
            Label(svg, Left - 6, y.At(value) + 4, label, "end");
        }
        foreach (var (value, label) in x.All())
        {
            Stroke(svg, x.At(value), Bottom, x.At(value), Bottom + 4, "axis");
            Label(svg, x.At(value), Bottom + 16, label);
        }
        Stroke(svg, Left, Bottom, Right, Bottom, "axis");
        Label(svg, (Left + Right) / 2, Bottom + 33, Across, look: "name");
        var level = Level is { } across && y.Low <= across.Value && across.Value <= y.High ? Level : null;
        if (level is { } line) Stroke(svg, Left, y.At(line.Value), Right, y.At(line.Value), "level");
        for (var i = 0; i < Curves.Count; i++) Draw(svg, Curves[i], Colour(i), x, y);
        if (level is { } named) Name(svg, named.Name, y.At(named.Value), x, y);
    }

    // Where the fewest curves run through it: above or below the level, at the right, the left or between.
    void Name(Markup svg, string name, double height, Ticks x, Ticks y)
    {
        const double Letter = 5.8, Ascent = 9, Descent = 3; // of a text of 11
        var width = name.Length * Letter;
        var (above, below) = (height - 4, height + Ascent + 3);
        (double At, string Anchor, double From)[] places =
            [(Right, "end", Right - width), (Left + 4, "start", Left + 4), ((Left + Right) / 2, "middle", (Left + Right - width) / 2)];
        var (at, anchor, chosen) = (from baseline in new[] { above, below }
                    where baseline - Ascent >= Top && baseline + Descent <= Bottom
                    from place in places
                    orderby Curves.Sum(c => Through(c, x, y, place.From, place.From + width, baseline - Ascent, baseline + Descent))
                    select (place.At, place.Anchor, baseline)).FirstOrDefault((Right, "end", above));
        Label(svg, at, chosen, name, anchor, "name");
    }

    // How much of a curve lies in a box, in steps of its width.
    static int Through(Curve curve, Ticks x, Ticks y, double left, double right, double top, double bottom)
    {
        const int Steps = 24;
        var inside = 0;
        foreach (var (a, b) in curve.Points.Zip(curve.Points.Skip(1)))
        {
            if (!double.IsFinite(a.Y) || !double.IsFinite(b.Y)) continue;
            var (ax, bx) = (x.At(a.X), x.At(b.X));
            if (bx < left || ax > right) continue;
            for (var i = 0; i <= Steps; i++)
            {
                var share = (double)i / Steps;
                var (px, py) = (ax + (bx - ax) * share, y.At(a.Y + (b.Y - a.Y) * share));
                if (px >= left && px <= right && py >= top && py <= bottom) inside++;
            }
        }
        return inside;
    }

    (Ticks X, Ticks Y) Axes()
    {
        var points = Seen.ToList();
        var heights = points.SelectMany(p => new[] { p.Y, p.Low, p.High }).Where(double.IsFinite).Concat(Reaches).DefaultIfEmpty(0).ToList();
        var places = points.Select(p => p.X).DefaultIfEmpty(0).ToList();
        return (Ticks.Of(places.Min(), places.Max(), Left, Right, 6, Whole, tight: true), Ticks.Of(heights.Min(), heights.Max(), Bottom, Top));
    }

    void Draw(Markup svg, Curve curve, string colour, Ticks x, Ticks y)
    {
        svg.Open("g", ("class", colour));
        if (curve.Points.Any(p => double.IsFinite(p.Low) && double.IsFinite(p.High))) svg.Empty("path", ("class", "band"), ("d", Band(curve, x, y)));
        svg.Empty("path", ("class", "line"), ("d", Line(Thinned(curve.Points), x, y)));
        if (curve.Points.Count <= MostMarks)
            foreach (var p in curve.Points.Where(p => double.IsFinite(p.Y)))
                svg.Open("circle", ("cx", Numbers.Coordinate(x.At(p.X))), ("cy", Numbers.Coordinate(y.At(p.Y))), ("r", "2.6"))
                    .Add("title", $"{curve.Name}, {Across} {Numbers.Short(p.X)}: {Value(p)}").Close();
        svg.Close();
    }

    static string Line(IEnumerable<ChartPoint> points, Ticks x, Ticks y)
    {
        var path = new StringBuilder();
        var pen = false;
        foreach (var p in points)
        {
            if (double.IsFinite(p.Y)) path.Append(pen ? 'L' : 'M').Append(Place(x.At(p.X), y.At(p.Y)));
            pen = double.IsFinite(p.Y);
        }
        return path.ToString();
    }

    static string Band(Curve curve, Ticks x, Ticks y)
    {
        var known = curve.Points.Where(p => double.IsFinite(p.Low) && double.IsFinite(p.High)).ToList();
        return "M" + string.Join('L', known.Select(p => Place(x.At(p.X), y.At(p.High))).Concat(
            known.AsEnumerable().Reverse().Select(p => Place(x.At(p.X), y.At(p.Low))))) + "Z";
    }

    static string Place(double x, double y) => $"{Numbers.Coordinate(x)} {Numbers.Coordinate(y)}";

    // Of a long curve, the least and the greatest of each stretch: peaks stay.
    static IEnumerable<ChartPoint> Thinned(IReadOnlyList<ChartPoint> points)
    {
        if (points.Count <= MostPoints) return points;
        return points.Chunk((points.Count * 2 + MostPoints - 1) / MostPoints).SelectMany(stretch =>
        {
            var (least, greatest) = (stretch.MinBy(p => p.Y), stretch.MaxBy(p => p.Y));
            return least.X <= greatest.X ? new[] { least, greatest } : [greatest, least];
        });
    }
}

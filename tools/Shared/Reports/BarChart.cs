namespace Anit.Tools.Reports;

/// <summary>Lying bars, one group a name and in it one bar a series, with intervals where there are some.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Series">What the bars of a group are.</param>
/// <param name="Groups">A name with a value for each series; NaN for none.</param>
sealed record BarChart(string Title, IReadOnlyList<string> Series, IReadOnlyList<(string Name, IReadOnlyList<ChartPoint> Values)> Groups)
    : Figure(Title)
{
    const double Left = 118, Right = 352, Top = 6;

    /// <summary>How a value is written.</summary>
    public Func<double, string> Format { get; init; } = value => Numbers.Short(value);

    /// <summary>Where the axis ends at least; 1 for shares.</summary>
    public double Reaches { get; init; }

    double Thick => Series.Count == 1 ? 15 : 12;

    double GroupHeight => Series.Count * Thick + 9;

    /// <inheritdoc/>
    protected override double Height => Top + Groups.Count * GroupHeight + 4;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Legend => Series;

    /// <inheritdoc/>
    protected override string Summary => $"{Title}. " + string.Join("; ", Groups.Select(g =>
        $"{g.Name}: {string.Join(", ", g.Values.Select((v, i) => Series.Count > 1 ? $"{Series[i]} {Text(v)}" : Text(v)))}")) + ".";

    string Text(ChartPoint value) => !double.IsFinite(value.Y) ? Numbers.None
        : Format(value.Y) + (double.IsFinite(value.Low) ? $" [{Format(value.Low)}, {Format(value.High)}]" : "");

    /// <inheritdoc/>
    protected override void Draw(Markup svg)
    {
        var ends = Groups.SelectMany(g => g.Values).SelectMany(v => new[] { v.Y, v.Low, v.High }).Where(double.IsFinite)
            .Append(0).Append(Reaches).ToList();
        var x = Ticks.Of(ends.Min(), ends.Max(), Left, Right, tight: true);
        var zero = x.At(0);
        for (var g = 0; g < Groups.Count; g++)
        {
            var top = Top + g * GroupHeight;
            svg.Open("text", ("x", Numbers.Coordinate(Left - 8)), ("y", Numbers.Coordinate(top + Series.Count * Thick / 2 + 4)),
                ("text-anchor", "end")).Text(Fit(Groups[g].Name, 18)).Add("title", Groups[g].Name).Close();
            for (var s = 0; s < Series.Count; s++)
            {
                var value = Groups[g].Values[s];
                if (!double.IsFinite(value.Y)) continue;
                var (y, end) = (top + s * Thick, x.At(value.Y));
                svg.Open("g", ("class", Colour(s)));
                Bar(svg, Math.Min(zero, end), y + 1, Math.Abs(end - zero), Thick - 2, "bar", $"{Groups[g].Name}, {Series[s]}: {Text(value)}");
                if (double.IsFinite(value.Low) && double.IsFinite(value.High))
                    Stroke(svg, x.At(value.Low), y + Thick / 2, x.At(value.High), y + Thick / 2, "whisker");
                svg.Close();
                Label(svg, Math.Max(double.IsFinite(value.High) ? x.At(value.High) : end, Math.Max(end, zero)) + 5, y + Thick / 2 + 4,
                    Format(value.Y), "start");
            }
        }
        Stroke(svg, zero, Top - 3, zero, Top + Groups.Count * GroupHeight - 5, "axis");
    }
}

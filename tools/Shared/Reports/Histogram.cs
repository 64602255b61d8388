namespace Anit.Tools.Reports;

/// <summary>How many have a value in each of some bins of one width.</summary>
/// <param name="Title">What is counted.</param>
/// <param name="Across">Name of the horizontal axis.</param>
/// <param name="Bins">The counts.</param>
sealed record Histogram(string Title, string Across, Bins Bins) : Figure(Title)
{
    const double Left = 52, Right = 390, Top = 18, Bottom = 184;

    /// <summary>The colour, by number: one for each of some histograms side by side.</summary>
    public int Series { get; init; }

    /// <summary>A value marked on the axis, with its name: the mean, say.</summary>
    public (double Value, string Name)? Mark { get; init; }

    /// <inheritdoc/>
    protected override double Height => 224;

    /// <inheritdoc/>
    protected override string Summary
    {
        get
        {
            var (total, most) = (Bins.Counts.Sum(), Bins.Counts.Index().MaxBy(c => c.Item).Index);
            return $"{Title}: {Numbers.Whole(total)} over {Across}, most of them ({Numbers.Whole(Bins.Counts[most])}) at {Bins.Name(most)}"
                + (Mark is { } mark ? $"; {mark.Name}" : "") + ".";
        }
    }

    /// <inheritdoc/>
    protected override ReportTable Table
    {
        get
        {
            var table = new ReportTable(Across, "count") { Caption = Title };
            foreach (var (i, count) in Bins.Counts.Index().Where(c => c.Item > 0))
                table.Add(ReportTable.Cell.Of(Bins.Name(i)), ReportTable.Cell.Of(Numbers.Whole(count)));
            return table;
        }
    }

    /// <inheritdoc/>
    protected override void Draw(Markup svg)
    {
        var x = Ticks.Of(Bins.From, Bins.From + Bins.Width * Bins.Counts.Count, Left, Right, 8, tight: true, whole: Bins.Whole);
        var y = Ticks.Of(0, Bins.Counts.Max(), Bottom, Top, whole: true);
        foreach (var (value, label) in y.All().Skip(1))
        {
            Stroke(svg, Left, y.At(value), Right, y.At(value), "grid");
            Label(svg, Left - 6, y.At(value) + 4, label, "end");
        }
        svg.Open("g", ("class", Colour(Series)));
        foreach (var (i, count) in Bins.Counts.Index().Where(c => c.Item > 0))
        {
            var (start, end) = (x.At(Bins.From + i * Bins.Width), x.At(Bins.From + (i + 1) * Bins.Width));
            var gap = Math.Min(1.5, (end - start) / 8);
            Bar(svg, start + gap, y.At(count), end - start - 2 * gap, Bottom - y.At(count), "bar", $"{Bins.Name(i)}: {Numbers.Whole(count)}");
        }
        svg.Close();
        Stroke(svg, Left, Bottom, Right, Bottom, "axis");
        // Whole numbers stand in the middle of their bins.
        foreach (var (value, label) in x.All().Where(t => !Bins.Whole || t.Value < x.High))
            Label(svg, x.At(value + (Bins.Whole && Bins.Width == 1 ? 0.5 : 0)), Bottom + 16, label);
        Label(svg, (Left + Right) / 2, Bottom + 33, Across, look: "name");
        if (Mark is not { } mark) return;
        var at = x.At(Math.Clamp(mark.Value + (Bins.Whole && Bins.Width == 1 ? 0.5 : 0), x.Low, x.High));
        Stroke(svg, at, Top - 4, at, Bottom, "level");
        Label(svg, at, Top - 8, mark.Name, at > (Left + Right) / 2 ? "end" : "start", "name");
    }
}

/// <summary>Counts in bins: the i-th holds values from <c>From + i Width</c> to before the next.</summary>
/// <param name="From">Where the first begins.</param>
/// <param name="Width">How wide each is.</param>
/// <param name="Counts">How many are in each; at least one bin.</param>
/// <param name="Whole">Whether values are whole numbers.</param>
sealed record Bins(double From, double Width, IReadOnlyList<long> Counts, bool Whole)
{
    const int Most = 40;

    /// <summary>Whole numbers from 0 to <paramref name="highest"/>: a bin each, or as wide a one as it takes.</summary>
    public static Bins OfWhole(IEnumerable<KeyValuePair<int, long>> counts, int highest)
    {
        var width = 1;
        for (var i = 0; (highest + width) / width > Most; i++) width = (i % 3 == 1 ? 5 : i % 3 == 0 ? 2 : 10) * (int)Math.Pow(10, i / 3);
        var bins = new long[highest / width + 1];
        foreach (var (value, count) in counts) bins[value / width] += count;
        return new(0, width, bins, Whole: true);
    }

    /// <summary>Numbers from 0 to 1 in 20 bins; 1 is in the last.</summary>
    public static Bins OfShares(IEnumerable<(double Share, long Count)> shares)
    {
        var bins = new long[20];
        foreach (var (share, count) in shares) bins[Math.Clamp((int)(share * 20 + 1e-9), 0, 19)] += count;
        return new(0, 0.05, bins, Whole: false);
    }

    /// <summary>The values of a bin.</summary>
    public string Name(int bin) => (From + bin * Width, From + (bin + 1) * Width) is var (start, end) && !Whole
        ? $"{Numbers.Short(start)} to {Numbers.Short(end)}"
        : Width == 1 ? Numbers.Whole((long)start) : $"{Numbers.Whole((long)start)} to {Numbers.Whole((long)end - 1)}";
}

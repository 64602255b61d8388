namespace Anit.Tools.Reports;

/// <summary>A table: text to the left, numbers to the right.</summary>
/// <param name="Heads">Names of the columns.</param>
sealed record ReportTable(params IReadOnlyList<string> Heads) : IPart
{
    readonly List<IReadOnlyList<Cell>> rows = [];

    /// <summary>What the table holds.</summary>
    public string? Caption { get; init; }

    /// <summary>A cell.</summary>
    /// <param name="Text">What stands there.</param>
    /// <param name="Shade">0 to 1: how dark the cell is, beside what it says.</param>
    /// <param name="IsNumber">Stands at the right.</param>
    public readonly record struct Cell(string Text, double Shade = 0, bool IsNumber = false)
    {
        public static implicit operator Cell(string text) => new(text);

        /// <summary>A number that was made text.</summary>
        public static Cell Of(string number, double shade = 0) => new(number, shade, IsNumber: true);
    }

    /// <summary>How many rows there are.</summary>
    public int Count => rows.Count;

    /// <summary>Adds a row; its first cell names it.</summary>
    public void Add(params IReadOnlyList<Cell> cells) => rows.Add(cells);

    /// <inheritdoc/>
    public void Write(Markup page)
    {
        var numeric = Heads.Select((_, i) => rows.Count > 0 && rows.All(r => i >= r.Count || r[i].IsNumber)).ToArray();
        // A table that is wider than a phone scrolls by itself; to scroll, the keyboard must get there.
        page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", Caption ?? Heads[0])).Open("table");
        if (Caption is not null) page.Add("caption", Caption);
        page.Open("thead").Open("tr");
        for (var i = 0; i < Heads.Count; i++) page.Add("th", Heads[i], ("scope", "col"), ("class", numeric[i] ? "n" : null));
        page.Close().Close().Open("tbody").Line();
        foreach (var row in rows)
        {
            page.Open("tr");
            for (var i = 0; i < row.Count; i++)
            {
                var shade = row[i].Shade > 0 ? $"--shade:{Numbers.Coordinate(100 * Math.Min(row[i].Shade, 1))}%" : null;
                var look = string.Join(' ', new[] { row[i].IsNumber ? "n" : null, shade is null ? null : "shaded" }.OfType<string>());
                if (i == 0) page.Add("th", row[i].Text, ("scope", "row"), ("class", look.Length > 0 ? look : null));
                else page.Add("td", row[i].Text, ("class", look.Length > 0 ? look : null), ("style", shade));
            }
            page.Close().Line();
        }
        page.Close().Close().Close().Line();
    }
}

/// <summary>Names with their values, the ones to be seen at first glance.</summary>
/// <param name="Large">Whether they stand large side by side.</param>
sealed record Facts(bool Large = false) : IPart
{
    readonly List<(string Name, string Value)> facts = [];

    /// <summary>Adds one.</summary>
    public Facts Add(string name, string value)
    {
        facts.Add((name, value));
        return this;
    }

    /// <inheritdoc/>
    public void Write(Markup page)
    {
        page.Open("dl", ("class", Large ? "facts large" : "facts"));
        foreach (var (name, value) in facts) page.Open("div").Add("dt", name).Add("dd", value).Close();
        page.Close().Line();
    }
}

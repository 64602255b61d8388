using System.Text;

namespace Anit.Tools.Reports;

/// <summary>A report as one HTML file: no network, light or dark as the reader's system is, printable. Equal input gives equal bytes.</summary>
/// <param name="tool">Who made it: <c>anit-train</c>.</param>
/// <param name="title">What it is about.</param>
sealed class ReportPage(string tool, string title)
{
    readonly List<(string Heading, string? Note, IReadOnlyList<IPart> Parts)> sections = [];
    readonly List<string> scripts = [], styles = [];

    /// <summary>A sentence below the title.</summary>
    public string? Subtitle { get; init; }

    /// <summary>What stands above all sections.</summary>
    public IPart? Head { get; init; }

    /// <summary>Adds a section, unless there is nothing in it.</summary>
    public ReportPage Section(string heading, string? note, params IReadOnlyList<IPart> parts)
    {
        if (parts.Count > 0) sections.Add((heading, note, parts));
        return this;
    }

    /// <summary>Adds a script of ours, from the assembly's resources.</summary>
    public ReportPage Script(string resource)
    {
        scripts.Add(Resource(resource));
        return this;
    }

    /// <summary>Adds a style sheet of ours, from the assembly's resources, after the one that all pages have.</summary>
    public ReportPage Style(string resource)
    {
        styles.Add(Resource(resource));
        return this;
    }

    /// <summary>The file.</summary>
    public override string ToString()
    {
        var page = new Markup().Verbatim("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Line().Open("head").Line();
        page.Empty("meta", ("charset", "utf-8")).Line();
        page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Line();
        page.Empty("meta", ("name", "color-scheme"), ("content", "light dark")).Line();
        page.Verbatim(Mark(tool)).Line();
        // Nothing is ever fetched, whatever a text in the data says.
        page.Empty("meta", ("http-equiv", "Content-Security-Policy"),
            ("content", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:")).Line();
        page.Add("title", $"{title} · {tool}").Line().Empty("link", ("rel", "icon"), ("href", "data:,")).Line();
        page.Open("style").Verbatim(Resource("report.css") + string.Concat(styles)).Close().Line().Close().Line();
        page.Open("body").Line().Open("header").Add("p", tool, ("class", "tool")).Add("h1", title);
        if (Subtitle is not null) page.Add("p", Subtitle, ("class", "note"));
        if (sections.Count > 2)
        {
            page.Open("nav", ("aria-label", "Sections"));
            for (var i = 0; i < sections.Count; i++) page.Add("a", sections[i].Heading, ("href", $"#s{i}"));
            page.Close();
        }
        page.Close().Line().Open("main").Line();
        if (Head is not null) page.Part(Head);
        for (var i = 0; i < sections.Count; i++)
        {
            var (heading, note, parts) = sections[i];
            page.Open("section", ("id", $"s{i}"), ("aria-labelledby", $"h{i}")).Add("h2", heading, ("id", $"h{i}"));
            if (note is not null) page.Add("p", note, ("class", "note"));
            foreach (var part in parts) page.Line().Part(part);
            page.Close().Line();
        }
        page.Close().Line();
        foreach (var script in scripts) page.Open("script").Verbatim(script).Close().Line();
        return page.Close().Line().Close().Line().ToString();
    }

    /// <summary>What stands near the beginning of a tool's reports and tells them from other files.</summary>
    public static string Mark(string tool) => new Markup().Empty("meta", ("name", "generator"), ("content", tool)).ToString();

    /// <summary>Writes the file.</summary>
    public void Write(Stream file)
    {
        using var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        writer.Write(ToString());
    }

    static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the program was built without {name}"));
        return reader.ReadToEnd();
    }
}

/// <summary>Sentences.</summary>
sealed record Prose(params IReadOnlyList<string> Paragraphs) : IPart
{
    /// <summary>Whether they say that something is wrong.</summary>
    public bool IsWarning { get; init; }

    /// <inheritdoc/>
    public void Write(Markup page)
    {
        foreach (var paragraph in Paragraphs) page.Add("p", paragraph, ("class", IsWarning ? "warning" : null)).Line();
    }
}

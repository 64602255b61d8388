using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>docs/architecture.md against the tree it describes, the sections of docs/method.md that comments cite, pins, and long lines.</summary>
public sealed partial class ArchitectureTests
{
    static readonly string Root = SharedData.Repository;
    static readonly string Map = File.ReadAllText(Path.Combine(Root, "docs/architecture.md"));

    [Fact]
    public void Every_path_of_the_map_is_there() => Code().Matches(Map).Select(m => m.Groups[1].Value)
        .Where(path => path.Contains('/', StringComparison.Ordinal) && !Path.Exists(Path.Combine(Root, path))).ShouldBeEmpty();

    [Fact]
    public void Projects_reference_what_the_map_says_and_nothing_else()
    {
        var said = Row().Matches(Map).ToDictionary(
            row => row.Groups[1].Value, row => Names(Code().Matches(row.Groups[2].Value).Select(m => m.Groups[1].Value).Concat(
                row.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))));
        var found = new[] { "src", "tools" }.SelectMany(top => Directory.GetFiles(Path.Combine(Root, top), "*.csproj", SearchOption.AllDirectories))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => Names(XDocument.Load(file).Descendants()
                .Where(e => e.Name.LocalName is "ProjectReference" or "PackageReference").Select(e => (string)e.Attribute("Include")!)
                .Where(name => !name.StartsWith("$(TorchPackage", StringComparison.Ordinal)) // another build's
                .Select(name => name.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(name) : name)));
        found.OrderBy(p => p.Key, StringComparer.Ordinal).ShouldBe(said.OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_pinned_package_is_used()
    {
        var used = Sources("*.csproj").Append(Path.Combine(Root, "tests/Directory.Build.props")).SelectMany(Packages("PackageReference"));
        Packages("PackageVersion")(Path.Combine(Root, "Directory.Packages.props")).Except(used).ShouldBeEmpty();
    }

    [Fact]
    public void Every_cited_section_of_the_method_is_there()
    {
        var sections = Section().Matches(File.ReadAllText(Path.Combine(Root, "docs/method.md"))).Select(m => m.Groups[1].Value).ToList();
        var cited = Sources("*.cs").SelectMany(file => Cited().Matches(File.ReadAllText(file)).Select(m => (m.Groups[1].Value, file))).ToList();
        cited.Count.ShouldBeGreaterThan(3);
        cited.Where(c => !sections.Contains(c.Value)).ShouldBeEmpty();
    }

    [Fact]
    public void No_line_has_more_than_150_columns()
    {
        string[] files = [Path.Combine(Root, "Makefile"), .. Directory.GetFiles(Path.Combine(Root, "build")),
            .. Directory.GetFiles(Path.Combine(Root, "native")), .. Sources("*.cs")];
        files.SelectMany(file => File.ReadLines(file).Index().Where(line => line.Item.Length > 150).Select(line => $"{file}:{line.Index + 1}"))
            .ShouldBeEmpty();
    }

    static IEnumerable<string> Sources(string pattern) => new[] { "src", "tools", "tests", "bench", "data" }
        .SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), pattern, SearchOption.AllDirectories));

    static Func<string, IEnumerable<string>> Packages(string element) => file =>
        XDocument.Load(file).Descendants(element).Select(e => (string)e.Attribute("Include")!);

    static string Names(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| `([\w.-]+)` \|([^|]*)\|([^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"docs/method\.md (\d(?:\.\d)?)")]
    private static partial Regex Cited();

    [GeneratedRegex(@"^(?:## )?(\d(?:\.\d)?)\. ", RegexOptions.Multiline)]
    private static partial Regex Section();
}

using System.Text.RegularExpressions;
using Shouldly;

namespace Anit.Noise.Tests;

public sealed partial class NoiseKindsTests
{
    [Fact]
    public void Every_operator_of_the_assembly_is_found_by_its_name()
    {
        NoiseKinds.Names.ShouldBe(NoiseKinds.Names.Order(StringComparer.Ordinal));
        string[] paper = ["insert", "opposite", "pad", "replace", "shuffle", "truncate"];
        paper.ShouldBeSubsetOf(NoiseKinds.Names);
        foreach (var kind in NoiseKinds.All)
        {
            NoiseKinds.Find(kind.Name).ShouldBeSameAs(kind);
            kind.Make(new(new(0.2m))).Description.ShouldBeSameAs(kind);
            kind.Name.ShouldMatch("^[a-z]+$");
        }
        NoiseKinds.Find("no such noise").ShouldBeNull();
        NoiseKinds.Group("all6").Select(k => k.Name).ShouldBe(paper);
        NoiseKinds.Group("all").Select(k => k.Name).ShouldBe(NoiseKinds.Names.Except(["paraphrase"]));
        NoiseKinds.Group("swap").ShouldHaveSingleItem().ShouldBeSameAs(Swap.About);
        NoiseKinds.Group("no such noise").ShouldBeEmpty();
    }

    [Fact]
    public void Names_and_settings_belong_to_one_kind_each() =>
        NoiseKinds.All.SelectMany(k => k.Settings.Select(s => s.Name).Append(k.Name)).ShouldBeUnique();

    [Fact]
    public void The_example_of_a_kind_is_something_it_makes() // words drawn from lists are any words
    {
        var pool = OperatorTests.Pool(("other", "capital of"), ("third", "is the"));
        foreach (var kind in NoiseKinds.All)
        {
            var (clean, noisy) = kind.Example.Split(" -> ") is [var a, var b] ? (a, b) : throw new InvalidOperationException(kind.Example);
            string Seen(string text) => kind.Needs.HasFlag(NoiseNeeds.Vocabulary) ? Shape(text, clean) : text;
            var made = from omega in new[] { 0.25m, 0.5m }
                       from seed in Enumerable.Range(0, 300)
                       select Seen(Some.Noisy(kind.Make(new(new(omega)) { Texts = pool, Tables = Samples(kind) }), clean, (ulong)seed));
            made.ShouldContain(Seen(noisy), kind.Name);
        }
    }

    [Fact]
    public void A_version_goes_up_with_that_of_any_kind_in_use()
    {
        var (one, two) = (NoiseKinds.Find("truncate")!, NoiseKinds.Find("replace")!);
        (one.Version, two.Version).ShouldBe((1, 2));
        (NoiseTransform.VersionOf([one]), NoiseTransform.VersionOf([two]), NoiseTransform.VersionOf([one, two])).ShouldBe((1, 2, 2));
        NoiseTransform.VersionOf([one with { Version = 2 }, two]).ShouldBe(3);
    }

    [Fact]
    public void Settings_choose_what_is_made()
    {
        var strength = new Strength(0.5m);
        NoiseSetup Given(string name, string value = "") => new(strength) { Given = new Dictionary<string, string> { [name] = value } };
        Shuffle.About.Make(Given("--shuffle", "permute")).ShouldBe(new Shuffle(strength, ShuffleKind.Permute));
        Shuffle.About.Make(new(strength)).ShouldBe(new Shuffle(strength));
        Replace.About.Make(Given("--keep-punctuation")).ShouldBe(new Replace(Vocabulary.English, strength, KeepPunctuation: true));
        Opposite.About.Make(Given("--meta")).ShouldBe(new MetaOpposite(0.5m));
        var tables = new NoiseSetup(strength) { Tables =
            new Dictionary<string, IReadOnlyList<string[]>> { ["--opposites"] = [["Do this.", "Never do this."]] } };
        Some.Noisy(Opposite.About.Make(tables), "Do this.", 1).ShouldBe("Never do this.");
        Opposite.About.Receipt(tables).ShouldBe([("opposite", (object)"file")]);
    }

    static Dictionary<string, IReadOnlyList<string[]>> Samples(NoiseDescription kind) =>
        kind.Settings.Where(s => s.Required).ToDictionary(s => s.Name, s => s.Sample);

    // Words that the clean text lacks, as dots.
    static string Shape(string noisy, string clean) => Word().Replace(noisy, m => clean.Split(' ').Contains(m.Value) ? m.Value : ".");

    [GeneratedRegex(@"\S+")]
    private static partial Regex Word();
}

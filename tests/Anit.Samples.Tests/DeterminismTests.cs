using System.Text;
using Shouldly;

namespace Anit.Samples.Tests;

/// <summary>The same seed gives the same bytes; rows do not depend on each other.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void A_row_of_the_mix_depends_on_its_seed_and_number_alone()
    {
        var inOrder = new BaseMix(Grammar.Standard, seed: 5).Rows(200).Select(Line).ToList();
        var backwards = Enumerable.Range(0, 200).Reverse().Select(i => Line(new BaseMix(Grammar.Standard, seed: 5).At(i))).Reverse();

        inOrder.ShouldBe(backwards);
        inOrder.ShouldNotBe(new BaseMix(Grammar.Standard, seed: 6).Rows(200).Select(Line));
    }

    [Fact]
    public void The_generator_of_numbers_gives_the_sequence_it_gave_before()
    {
        var rng = new Rng(Rng.Key(1, "base", 0));

        ((ulong[])[rng.Next(), rng.Next(), rng.Next()]).ShouldBe(Known);
    }

    [Fact]
    public void The_committed_samples_are_what_the_generator_writes()
    {
        var samples = new DemoSet(Grammar.Standard, DemoSet.CommittedSeed);
        foreach (var (name, rows) in samples.Files())
            if (File.ReadAllText(Path.Combine(Root(), "data", "samples", name)) != string.Concat(rows.Select(Line)))
                Assert.Fail($"data/samples/{name} is not what the generator writes; write it anew as data/README.md says");
    }

    static readonly ulong[] Known = [4422838589319400237, 15946280407974025927, 10631675311776643852];

    static string Line(Row row)
    {
        using var memory = new MemoryStream();
        row.WriteTo(memory);
        return Encoding.UTF8.GetString(memory.ToArray());
    }

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Anit.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}

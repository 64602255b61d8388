using System.Security.Cryptography;
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
    public void The_base_mix_is_still_the_one_that_the_committed_base_model_learned_from()
    {
        var rows = string.Concat(new BaseMix(Grammar.Standard, seed: 1).Rows(2_000).Select(Line));

        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rows)))
            .ShouldBe(FirstRows, "a new mix needs a new base model: run make base, then put the new digest here");
    }

    [Fact]
    public void The_copying_lesson_is_still_the_one_that_the_committed_base_model_began_with()
    {
        var rows = string.Concat(new CopyDrill(Grammar.Standard, seed: 1).Rows(2_000).Select(Line));

        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rows)))
            .ShouldBe(FirstLesson, "a new lesson needs a new base model: run make base, then put the new digest here");
    }

    const string FirstLesson = "b849c9103f9486fa33a114ecd23f892c7cdffd3638a3591b338cb96108b18125";
    const string FirstRows = "8510d257e8ec0dab1332a11597dcbc028eac0ddf0ca06a205e790753501c5730";

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

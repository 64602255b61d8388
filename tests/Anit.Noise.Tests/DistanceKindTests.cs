using System.Diagnostics;
using System.Text.Json;
using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>The distances beside the paper's, against the programs that define them.</summary>
public sealed class DistanceKindTests
{
    const string Python = "/usr/bin/python3";
    static readonly string[] order = ["chars", "bleu", "rouge-l", "chrf"]; // of scores.json and distances.py

    static double Distortion(string name, string clean, string noisy) => DistanceKinds.Find(name)!.Make().Between(clean, noisy).Distortion;

    /// <summary>What the packages give as likeness is a distortion, and the same text is no distance away.</summary>
    static double Wanted(string name, string clean, string noisy, double score) =>
        name == "chars" ? score : clean == noisy ? 0 : Math.Clamp(1 - score, 0, 1);

    /// <summary>A hundred and fifty pairs of our own, noisy instructions and odd ones, scored by sacrebleu (f615c72) and rouge-score;
    /// distances.py tells how.</summary>
    [Fact]
    public void Scores_are_those_of_sacrebleu_and_rouge_score()
    {
        var pairs = JsonSerializer.Deserialize<JsonElement[][]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "scores.json")))!;
        pairs.Length.ShouldBe(150);
        foreach (var pair in pairs)
        {
            var (clean, noisy) = (pair[0].GetString()!, pair[1].GetString()!);
            for (var i = 0; i < order.Length; i++)
                Distortion(order[i], clean, noisy)
                    .ShouldBe(Wanted(order[i], clean, noisy, pair[2 + i].GetDouble()), 1e-11, $"{order[i]}: {clean} | {noisy}");
        }
    }

    [PythonFact]
    public void A_plain_program_gives_the_same_on_a_thousand_texts_of_every_kind()
    {
        var pairs = new List<string[]>();
        for (var seed = 0UL; seed < 1_000; seed++)
        {
            var rng = new Rng(seed, "texts", "distances");
            var clean = Some.Text(rng, odd: seed % 2 == 0, most: 25);
            var noisy = seed % 3 == 0 ? Some.Text(rng, odd: true, most: 25) : Some.Noisy(new Replace(Vocabulary.English, new(0.3m)), clean, seed);
            pairs.Add([clean, noisy]);
        }
        var answers = Ask(pairs);
        answers.Count.ShouldBe(pairs.Count);
        foreach (var (pair, scores) in pairs.Zip(answers))
            for (var i = 0; i < order.Length; i++)
                Distortion(order[i], pair[0], pair[1])
                    .ShouldBe(Wanted(order[i], pair[0], pair[1], scores[i]), 1e-11, $"{order[i]}: {pair[0]} | {pair[1]}");
    }

    [Theory]
    [InlineData("chars", "kitten", "sitting", 3 / 7.0)]
    [InlineData("chars", "\u00C5ng", "A\u030Ang", 0)]      // the same characters on NFC
    [InlineData("chars", "a😀b", "ab", 1 / 3.0)]           // a character beyond U+FFFF is one
    [InlineData("chars", "", "ab", 1)]
    [InlineData("bleu", "one two three four", "one two three four", 0)]
    [InlineData("bleu", "okay thanks", "this is a cat", 1)] // nothing in common is 0 in spite of smoothing
    [InlineData("bleu", "a", "a b", 0.5)]                   // 1/2 of one-grams, and of the two-gram half of one: (1/2 · 1/2)^½
    [InlineData("rouge-l", "testing one two", "testing two", 0.2)] // the package's own example: F 4/5
    [InlineData("rouge-l", "w1 w2 w3 w4 w5", "/", 1)]
    [InlineData("rouge-l", "日本", "日本", 0)]                // no word in it, but the same text
    [InlineData("chrf", "ab", "aa", 0.75)]                  // sacrebleu's own example: 25
    [InlineData("chrf", "abc", "a b c", 0)]
    [InlineData("chrf", "reference", "", 1)]
    public void Small_texts_have_the_distances_that_one_can_count(string name, string clean, string noisy, double distortion) =>
        Distortion(name, clean, noisy).ShouldBe(distortion, 1e-12);

    [Fact]
    public void Points_and_commas_stay_in_numbers_and_stand_apart_elsewhere()
    {
        SentenceBleu.Tokens("Pay 1,250.50 now, (or 7-8%) e.g. \"x-y\" &amp;lt;.5 a.5-").ShouldBe(
        [
            "Pay", "1,250.50", "now", ",", "(", "or", "7", "-", "8", "%", ")", "e", ".", "g", ".", "\"", "x-y", "\"", "<", ".", "5", "a", ".", "5",
            "-",
        ]);
        SentenceBleu.Tokens("a-\nb\nc<skipped> ").ShouldBe(["ab", "c"]);
        RougeL.Words("Don't STOP_it: 3.5 \u212Aelvin \u0130x").ShouldBe(["don", "t", "stop", "it", "3", "5", "kelvin", "i", "x"]);
    }

    [Fact]
    public void Every_distance_is_found_by_name_is_0_for_a_text_and_itself_and_stays_from_0_to_1()
    {
        DistanceKinds.Names.ShouldBe(["bleu", "chars", "chrf", "rouge-l"]);
        DistanceKinds.Find("no such distance").ShouldBeNull();
        foreach (var kind in DistanceKinds.All)
        {
            kind.Name.ShouldMatch("^[a-z-]+$");
            var distance = kind.Make();
            for (var seed = 0UL; seed < 300; seed++)
            {
                var rng = new Rng(seed, "law", kind.Name);
                var (a, b) = (Some.Text(rng, odd: true), Some.Text(rng, odd: seed % 2 == 0));
                distance.Between(a, a).Distortion.ShouldBe(0);
                distance.Between(a, b).Distortion.ShouldBeInRange(0, 1);
                if (kind.Name is "chars" or "rouge-l") distance.Between(a, b).Distortion.ShouldBe(distance.Between(b, a).Distortion, 1e-12);
                distance.Between("half \uD800 a pair", b).Distortion.ShouldBeInRange(0, 1);
            }
        }
    }

    [Fact]
    public void Beta_is_the_mean_from_however_many_threads()
    {
        var scoring = new TextScoring(DistanceKinds.Find("chrf")!);
        (int, string, string)[] pairs =
            [.. Enumerable.Range(0, 200).Select(i => (i, Some.Text(new((ulong)i, "a", "t")), Some.Text(new((ulong)i, "b", "t"))))];
        Parallel.ForEach(pairs.Chunk(9), new() { MaxDegreeOfParallelism = 4 }, scoring.Look);
        var facts = scoring.Facts(BetaScope.Row);
        facts.Beta.ShouldBe(pairs.Average(p => scoring.Of(p.Item2, p.Item3).Distortion), 1e-12);
        (facts.Method, facts.Rows, facts.Embedder).ShouldBe(("chrf", 200, null));
    }

    [Fact]
    public void Token_states_are_matched_greedily_and_what_does_not_count_can_be_met()
    {
        // Three tokens against two in the plane; the last of each does not count.
        float[] noisy = [1, 0, 0, 2, 5, 5];
        float[] clean = [3, 3, 1, 0];
        bool[] three = [true, true, false], two = [true, false];
        var (precision, recall) = ((1 + Math.Sqrt(0.5)) / 2, 1.0);
        TokenMatching.F1(noisy, three, clean, two).ShouldBe(2 * precision * recall / (precision + recall), 1e-6);
        TokenMatching.F1(noisy, [false, false, false], clean, two).ShouldBe(0);
        TokenMatching.F1(clean, two, clean, two).ShouldBe(1, 1e-6);
        Should.Throw<ArgumentException>(() => TokenMatching.F1(noisy, three, clean, [true, true, true]));
    }

    static List<double[]> Ask(List<string[]> pairs)
    {
        var script = Path.Combine(SharedData.Repository, "tests", "oracles", "distances.py");
        using var process = Process.Start(new ProcessStartInfo(Python, [script, "plain"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        var reading = process.StandardOutput.ReadToEndAsync();
        foreach (var pair in pairs) process.StandardInput.WriteLine(JsonSerializer.Serialize(pair));
        process.StandardInput.Close();
        process.WaitForExit();
        return [.. reading.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<double[]>(l)!)];
    }

    /// <summary>A test against a Python script; reported as skipped without Python.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    sealed class PythonFactAttribute : FactAttribute
    {
        public PythonFactAttribute()
        {
            if (!File.Exists(Python)) Skip = $"there is no {Python}";
        }
    }
}

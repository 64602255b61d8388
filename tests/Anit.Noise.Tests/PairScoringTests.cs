using System.Runtime.CompilerServices;
using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>Distortion by a model: each distinct pair and text once, and no vector that means nothing.</summary>
public sealed class PairScoringTests
{
    /// <summary>An engine that says what it was asked for and answers as it is told.</summary>
    sealed class Engine(Func<string, float[]> vector, int leftOut = 0)
    {
        public List<string> Asked { get; } = [];

        public Embedder ToEmbedder() => new("test@1,2d", (texts, _) =>
        {
            Asked.AddRange(texts);
            return Task.FromResult<IReadOnlyList<ReadOnlyMemory<float>>>([.. texts.SkipLast(leftOut).Select(t => (ReadOnlyMemory<float>)vector(t))]);
        });
    }

    static PairScoring Of(Engine engine) => new(new EmbeddingDistance(engine.ToEmbedder()));

    [Fact]
    public async Task Vectors_score_by_cosine()
    {
        using var vectors = new VectorTable("v");
        vectors.Add("clean", [1, 0]);
        vectors.Add("noisy", [1, 1]);
        var scoring = new PairScoring(new EmbeddingDistance(vectors.ToEmbedder()));
        await scoring.MeasureAsync([("clean", "noisy"), ("clean", "clean")]);
        scoring.Look([(0, "clean", "noisy"), (1, "clean", "clean")]);
        scoring.Of("clean", "noisy").ShouldBe(new(0.29289321881345254, null));
        var facts = scoring.Facts(BetaScope.Dataset);
        facts.Beta.ShouldBe(0.29289321881345254 / 2, 1e-15);
        (facts.Method, facts.Rows, facts.Embedder).ShouldBe(("lme", 2, vectors.Signature));
    }

    [Fact]
    public async Task A_pair_is_measured_once_and_a_text_of_several_pairs_asked_for_once()
    {
        var engine = new Engine(text => [text.Length, 1]);
        var scoring = Of(engine);
        await scoring.MeasureAsync([("a", "bb"), ("a", "ccc"), ("a", "bb"), ("bb", "a")]);
        engine.Asked.ShouldBe(["a", "bb", "ccc"]);
        scoring.IsNew("a", "bb").ShouldBeFalse();
        scoring.IsNew("ab", "b").ShouldBeTrue(); // the same letters, cut elsewhere
        await scoring.MeasureAsync([("a", "bb"), ("bb", "a")]);
        engine.Asked.Count.ShouldBe(3);
        scoring.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Beta_is_the_mean_of_one_minus_cosine_whatever_the_order_and_the_threads()
    {
        for (var seed = 0UL; seed < 30; seed++)
        {
            var random = new Rng(seed, "row", "pairs");
            (string Clean, string Noisy)[] pairs = [.. Enumerable.Range(0, 200).Select(_ => ($"c{random.Below(9)}", $"n{random.Below(50)}"))];
            float[] Vector(string text) => [.. Enumerable.Range(0, 8).Select(i => (float)(new Rng(1, text, $"{i}").Below(2001) - 1000))];
            var scoring = Of(new Engine(Vector));
            await scoring.MeasureAsync(pairs);
            Parallel.ForEach(pairs.Chunk(7), new() { MaxDegreeOfParallelism = 4 }, part => scoring.Look(part.Select(p => (0, p.Clean, p.Noisy))));

            double Cosine((string Clean, string Noisy) p)
            {
                var (a, b) = (Vector(p.Clean), Vector(p.Noisy));
                return a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
            }
            scoring.Facts(BetaScope.Dataset).Beta.ShouldBe(pairs.Average(p => Math.Clamp(1 - Cosine(p), 0, 1)), 1e-12, $"seed {seed}");
            foreach (var p in pairs) scoring.Of(p.Clean, p.Noisy).Distortion.ShouldBeInRange(0, 1);
        }
    }

    [Fact]
    public async Task Vectors_that_mean_nothing_are_refused_with_the_text_they_came_for()
    {
        async Task<string> ErrorOf(PairScoring scoring) =>
            (await Should.ThrowAsync<InvalidDataException>(() => scoring.MeasureAsync([("clean", "noisy")]))).Message;
        Task<string> Error(Engine engine) => ErrorOf(Of(engine));
        (await Error(new Engine(t => t == "noisy" ? [float.NaN, 1] : [1, 1]))).ShouldContain("the vector of 'noisy' is zero or not finite");
        (await Error(new Engine(t => t == "noisy" ? [float.PositiveInfinity, 1] : [1, 1]))).ShouldContain("'noisy'");
        (await Error(new Engine(_ => [0, 0]))).ShouldContain("the vector of 'clean'");
        (await Error(new Engine(t => t == "noisy" ? [1, 1, 1] : [1, 1]))).ShouldContain("3 numbers beside one of 2, for 'noisy'");
        (await Error(new Engine(_ => [1, 1], leftOut: 1))).ShouldBe("test@1,2d: 1 vectors for 2 texts; expected one a text");
        using var table = new VectorTable("vectors.parquet");
        table.Add("clean", [1, 0]);
        (await ErrorOf(new(new EmbeddingDistance(table.ToEmbedder())))).ShouldContain("vectors.parquet: no vector for 'noisy'");
    }

    [Fact]
    public async Task An_engine_that_streams_gives_each_vector_as_it_comes_and_one_that_does_not_some_at_a_time()
    {
        string[] texts = [.. Enumerable.Range(1, 600).Select(i => new string('a', i))];
        var engine = new Engine(text => [text.Length, 1]);
        var parts = new List<int>();
        await foreach (var part in engine.ToEmbedder().EmbedInPartsAsync(texts)) parts.Add(part.Count);
        parts.ShouldBe([256, 256, 88]);
        engine.Asked.ShouldBe(texts);

        var given = 0;
        async IAsyncEnumerable<(string, float[])> Stream(IReadOnlyList<string> asked, [EnumeratorCancellation] CancellationToken stop)
        {
            foreach (var text in asked.Reverse())
            {
                await Task.Yield();
                given++;
                yield return (text, text.Length == 7 ? [0, 0] : [text.Length, 1]);
            }
        }
        var streaming = engine.ToEmbedder() with { Stream = Stream };
        var seen = 0;
        var error = await Should.ThrowAsync<InvalidDataException>(async () =>
        {
            await foreach (var part in streaming.EmbedInPartsAsync(texts)) given.ShouldBe(seen += part.Count);
        });
        error.Message.ShouldContain("'aaaaaaa'");
        seen.ShouldBe(593);
    }
}

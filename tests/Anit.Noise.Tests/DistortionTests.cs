using Shouldly;

namespace Anit.Noise.Tests;

public sealed class DistortionTests
{
    static DistanceStatistics Of(params int[] distances)
    {
        var all = new DistanceStatistics();
        foreach (var d in distances) all.Add(new(d, 10, 10));
        return all;
    }

    [Fact]
    public void Distances_2_4_6_10_give_beta_7_16ths() // the method's test vector
    {
        var all = Of(2, 4, 6, 10);
        var scale = all.Scale(Normalization.MinMax);
        new[] { 2, 4, 6, 10 }.Select(d => scale.Of(new(d, 10, 10))).ShouldBe([0, 0.25, 0.5, 1]);
        all.Beta(scale).ShouldBe(0.4375);
    }

    [Fact]
    public void Equal_distances_fall_back_to_the_share_of_the_longer_text()
    {
        var all = new DistanceStatistics();
        all.Add(new(3, 15, 15));
        all.Add(new(3, 10, 12));
        var scale = all.Scale(Normalization.MinMax);
        scale.IsDegenerate.ShouldBeTrue();
        scale.Of(new(3, 10, 12)).ShouldBe(0.25);
        all.Beta(scale).ShouldBe((0.2 + 0.25) / 2, 1e-15);
    }

    [Fact]
    public void Length_is_the_share_of_the_longer_text() => Of(1, 2).Scale(Normalization.Length).Of(new(6, 8, 12)).ShouldBe(0.5);

    [Fact]
    public void Ranks_run_from_0_to_1_and_ties_share_theirs()
    {
        var all = Of(7, 1, 3, 3);
        var scale = all.Scale(Normalization.Rank);
        new[] { 1, 3, 7 }.Select(d => scale.Of(new(d, 10, 10))).ShouldBe([0, 0.5, 1]);
        all.Beta(scale).ShouldBe(0.5);
    }

    [Fact]
    public void A_stored_scale_clamps_what_lies_beyond()
    {
        var scale = new DistanceScale(Normalization.MinMax, 2, 10);
        new[] { 1, 6, 11 }.Select(d => scale.Of(new(d, 20, 20))).ShouldBe([0, 0.5, 1]);
        Of(1, 6, 11).Beta(scale).ShouldBe(0.5, 1e-15);
    }

    [Fact]
    public void Without_noisy_rows_beta_is_0() => new DistanceStatistics().Beta(new DistanceStatistics().Scale(Normalization.MinMax)).ShouldBe(0);

    [Fact]
    public void Parts_merge_in_any_order_to_the_same_bits()
    {
        for (var seed = 0UL; seed < 200; seed++)
        {
            var rng = new Rng(seed, "", "test");
            var rows = Enumerable.Range(0, 100).Select(_ => new Moved(rng.Below(8), 7 + rng.Below(9), 7 + rng.Below(9))).ToArray();
            var whole = new DistanceStatistics();
            foreach (var row in rows) whole.Add(row);
            var merged = new DistanceStatistics();
            foreach (var part in rows.Reverse().Chunk(17))
            {
                var one = new DistanceStatistics();
                foreach (var row in part) one.Add(row);
                merged.Merge(one);
            }
            foreach (var n in Enum.GetValues<Normalization>())
                merged.Beta(merged.Scale(n)).ShouldBe(whole.Beta(whole.Scale(n)));
        }
    }

    [Theory]
    [InlineData(new[] { 1f, 0 }, new[] { 1f, 1 }, 0.29289321881345254)] // the method's test vector
    [InlineData(new[] { 2f, 0 }, new[] { 5f, 0 }, 0)]
    [InlineData(new[] { 1f, 0 }, new[] { 0f, 3 }, 1)]
    [InlineData(new[] { 1f, 0 }, new[] { -1f, 0 }, 1)] // clamped
    public void The_cosine_distortion_is_one_minus_the_cosine(float[] a, float[] b, double distortion) =>
        Cosine.Distortion(a, b).ShouldBe(distortion, 1e-15);

    [Fact]
    public void A_zero_vector_or_one_of_another_length_is_bad_data()
    {
        Should.Throw<InvalidDataException>(() => Cosine.Distortion([0, 0], [1, 0]));
        Should.Throw<InvalidDataException>(() => Cosine.Distortion([float.NaN, 0], [1, 0]));
        Should.Throw<InvalidDataException>(() => Cosine.Distortion([1], [1, 0])).Message.ShouldContain("vectors of 1 and 2 numbers");
    }

    [Fact]
    public void A_vector_table_names_the_text_it_lacks()
    {
        var table = new VectorTable("vectors.parquet");
        table.Add("clean", [1, 0]);
        table.Of("clean").ToArray().ShouldBe([1, 0]);
        Should.Throw<InvalidDataException>(() => table.Of("dirty").Length).Message.ShouldContain("no vector for 'dirty'");
        Should.Throw<InvalidDataException>(() => table.Add("other", [1, 0, 0]));
        Should.Throw<InvalidDataException>(() => table.Add("clean", [0, 1]));
    }
}

using Shouldly;

namespace Anit.Noise.Tests;

public sealed class StrengthTests
{
    [Theory]
    [InlineData("0", 10, 0)]
    [InlineData("0.2", 0, 0)]
    [InlineData("0.7", 10, 7)]      // 0.7 * 10 is 7.000000000000001 in binary, and 8 rounded up
    [InlineData("0.1", 15, 2)]      // the paper's Fig. 1: 15 words, two replaced
    [InlineData("0.01", 5, 1)]
    [InlineData("0.3", 3, 1)]
    [InlineData("0.34", 3, 2)]
    [InlineData("1", 7, 7)]
    [InlineData("0.2", 1000, 200)]
    [InlineData("0.1000000001", 10, 1)] // within 1e-9 of a whole number
    public void The_count_is_omega_n_rounded_up(string omega, int n, int k) =>
        new Strength(decimal.Parse(omega, System.Globalization.CultureInfo.InvariantCulture)).Words(n).ShouldBe(k);

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.01)]
    public void Omega_outside_0_to_1_is_refused(double omega) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Strength((decimal)omega)).Message.ShouldContain("expected a share from 0 to 1");

    [Fact]
    public void Uniform_draws_every_count_from_1_to_k()
    {
        var strength = new Strength(0.5m, WordCount.Uniform);
        var counts = new int[6];
        for (var i = 0; i < 5_000; i++) counts[strength.Draw(10, new Rng(1, $"{i}", "test"))]++;
        counts[0].ShouldBe(0);
        counts[1..].ShouldAllBe(c => c > 850 && c < 1150);
    }

    [Theory]
    [InlineData("0.5", 5, 3)]  // halves up
    [InlineData("0.5", 4, 2)]
    [InlineData("0.25", 10, 3)]
    [InlineData("0.15", 10, 2)]
    [InlineData("0", 9, 0)]
    [InlineData("1", 9, 9)]
    [InlineData("0.8", 14041, 11233)]
    public void A_share_of_rows_is_rounded_halves_up(string phi, long rows, long noisy) =>
        Share.Of(decimal.Parse(phi, System.Globalization.CultureInfo.InvariantCulture), rows).ShouldBe(noisy);
}

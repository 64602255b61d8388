using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>Expected values: rng.py, the same generator written a second time.</summary>
public sealed class RngTests
{
    [Theory]
    [InlineData(42UL, "noise/replace", "conll2003/train/000123", null, 0x923e52152c088f1eUL, 0x41b357376746eb51UL, "18f68a6e 80c9333f f8263d7e "
        + "9dc0d1b2 00e8bd78 c0471e30")]
    [InlineData(0UL, "select", "", null, 0x55e1c49208312e59UL, 0x2c27a932806dc8a2UL, "942dee69 5ef58ca3 cf786eef 518cfb90 34c87aa0 699aba41")]
    [InlineData(ulong.MaxValue, "mixture", "zeile-äöü-行", 7, 0xce0c068202786e8bUL, 0xa61c4cdebf44dfb4UL, "685055f6 a26ea97f 92976429 6ef5f8a3 "
        + "67d6dd1a 8db7b8e6")]
    public void A_stream_is_frozen(ulong seed, string purpose, string id, int? epoch, ulong low, ulong high, string words)
    {
        var key = new KeyedStreams(seed, purpose, epoch).Of(id);
        key.ShouldBe(new StreamKey(low, high));
        var rng = new Rng(key);
        string.Join(' ', Enumerable.Range(0, 6).Select(_ => rng.Next().ToString("x8"))).ShouldBe(words);
    }

    [Fact]
    public void Whole_numbers_are_frozen()
    {
        var rng = new Rng(42, "conll2003/train/000123", "noise/replace");
        new[] { 1, 2, 3, 10, 1000, int.MaxValue, 3 << 29 }.Select(rng.Below).ShouldBe([0, 1, 2, 6, 3, 1612943127, 1402968391]);
    }

    [Fact]
    public void SipHash_gives_the_published_value() // of the reference implementation, and of OpenSSL for the second
    {
        const ulong Key0 = 0x0706050403020100, Key1 = 0x0f0e0d0c0b0a0908;
        Hex(SipHash.Of(Key0, Key1, [])).ShouldBe("a3817f04ba25a8e66df67214c7550293");
        Hex(SipHash.Of(Key0, Key1, "hello world, of 23 byte"u8)).ShouldBe("f5235ecdd534bd1886f30c2777891b0e");

        static string Hex((ulong Low, ulong High) hash) =>
            Convert.ToHexStringLower([.. BitConverter.GetBytes(hash.Low), .. BitConverter.GetBytes(hash.High)]);
    }

    [Fact]
    public void Philox_gives_the_known_answers() // of Random123's kat_vectors
    {
        Rng.Philox(0, 0, 0, 0, 0, 0).ShouldBe((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u));
        Rng.Philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)
            .ShouldBe((0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u));
    }

    [Fact]
    public void Seed_purpose_epoch_and_id_each_give_another_stream()
    {
        StreamKey[] keys = [new KeyedStreams(1, "a").Of("x"), new KeyedStreams(2, "a").Of("x"), new KeyedStreams(1, "b").Of("x"),
            new KeyedStreams(1, "a", 0).Of("x"), new KeyedStreams(1, "a", 1).Of("x"), new KeyedStreams(1, "a").Of("y")];
        keys.Distinct().Count().ShouldBe(keys.Length);
    }

    [Fact]
    public void Long_ids_count_to_their_last_byte()
    {
        var id = new string('x', 5000);
        new KeyedStreams(1, "a").Of(id + "1").ShouldNotBe(new KeyedStreams(1, "a").Of(id + "2"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void Below_favours_no_number(int n)
    {
        const int Draws = 200_000;
        var rng = new Rng(5, n.ToString(), "test");
        var counts = new int[n];
        for (var i = 0; i < Draws; i++) counts[rng.Below(n)]++;
        // Chi-square with n - 1 degrees of freedom: mean n - 1, deviation sqrt(2 (n - 1)); six deviations is never by chance.
        var expected = (double)Draws / n;
        counts.Sum(c => (c - expected) * (c - expected) / expected).ShouldBeLessThan(n - 1 + 6 * Math.Sqrt(2 * (n - 1)) + 6);
    }

    [Fact]
    public void Below_zero_is_refused() => Should.Throw<ArgumentOutOfRangeException>(() => new Rng().Below(0));
}

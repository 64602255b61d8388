using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>The hash that counts distinct texts: short, similar and long ones stay apart.</summary>
public sealed class TextHashTests
{
    [Fact]
    public void Texts_that_differ_anywhere_have_different_numbers_and_equal_ones_the_same()
    {
        var random = new Random(7);
        var seen = new Dictionary<ulong, string> { [TextHash.Of("")] = "" };
        for (var length = 1; length <= 40; length++)
            for (var round = 0; round < 500; round++)
            {
                var text = new string('a', length).ToCharArray();
                text[random.Next(length)] = (char)random.Next(char.MaxValue + 1); // the same but for one place
                if (round == 0) Array.Fill(text, '\0');
                var known = new string(text);
                TextHash.Of(text).ShouldBe(TextHash.Of(known));
                if (seen.TryGetValue(TextHash.Of(text), out var before)) before.ShouldBe(known);
                seen[TextHash.Of(text)] = known;
            }
        seen.Count.ShouldBeGreaterThan(19_000);
    }
}

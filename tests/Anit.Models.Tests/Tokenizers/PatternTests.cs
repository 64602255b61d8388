using System.Text.RegularExpressions;
using Shouldly;

namespace Anit.Models.Tests.Tokenizers;

public sealed class PatternTests
{
    static List<string> Matches(string pattern, string text)
    {
        var compiled = Pattern.Regex(pattern);
        var found = new List<string>();
        for (var at = 0; compiled.Find(text, at, out var start, out var end); at = end) found.Add(text[start..end]);
        return found;
    }

    [Theory]
    [InlineData(@"\p{L}+", "héllo 𐌲𐌿𐍄 x", "héllo|𐌲𐌿𐍄|x")]
    [InlineData(@"\p{N}{1,3}", "12345 ½", "123|45|½")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b ", "  | | ")]
    [InlineData(@"(?i:'s|'re)", "'S 're 'RE 'ſ 't", "'S|'re|'RE|'ſ")]
    [InlineData(@"(?:ab)+c?", "ababc ab abc", "ababc|ab|abc")]
    [InlineData(@"a+?b|a++|b", "aab aa b", "aab|aa|b")]
    [InlineData(@"[^\s\p{L}]+", "a!?. 9b", "!?.|9")]
    [InlineData(@"[a-c\]\-]+", "ab]-d", "ab]-")]
    [InlineData(@"(?<!\S)x|(?<=a)y", "x ax ay by", "x|y")]
    [InlineData(@"\x41|\u0042|\x{1F600}", "A B 😀", "A|B|😀")]
    [InlineData(@"^a|b$", "ab\nab a", "a|b|a")]
    [InlineData(@"[\p{Lu}\p{Lt}]?\p{Ll}+", "Hello World", "Hello|World")]
    [InlineData(@"(?>a+)b|a", "aab", "aab")]
    [InlineData(@"[^\p{P}]", "a.b", "a|b")]
    [InlineData(@"\P{L}", "a.b", ".")]
    public void Finds_what_oniguruma_finds(string pattern, string text, string expected) =>
        Matches(pattern, text).ShouldBe(expected.Split('|'));

    [Fact]
    public void Agrees_with_dotnet_inside_the_basic_plane()
    {
        var compiled = new Regex(BpeTrainer.Words);
        foreach (var text in Torture.Texts(seed: 5, 2_000)
            .Where(t => !t.Any(char.IsSurrogate) && !t.Contains('ſ') && !t.Contains('\u0085') && !t.Contains('K')))
            Matches(BpeTrainer.Words, text).ShouldBe(compiled.Matches(text).Select(m => m.Value), text);
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { new string('(', 200_000), "more than 100 deep" },
        { string.Concat(Enumerable.Repeat("(?:", 200_000)) + "a", "more than 100 deep" },
        { string.Concat(Enumerable.Repeat("(?=", 101)) + "a" + new string(')', 101), "more than 100 deep" },
        { new string('[', 200_000), "more than 100 deep" },
        { "a" + string.Concat(Enumerable.Repeat("{1}", 200_000)), "more than 100 deep" },
        { "(?:(?:(?:ab){900}){900}){900}", "more than 10000 parts" },
        { new string('a', 200_000), "more than 10000 parts" },
        { "[" + new string('a', 200_000) + "]", "more than 10000 parts" },
        { string.Join('|', Enumerable.Repeat("a", 200_000)), "more than 10000 parts" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void No_pattern_overflows_the_stack_or_fills_the_memory(string pattern, string named)
    {
        var message = Should.Throw<FormatException>(() => Pattern.Regex(pattern)).Message;
        message.ShouldContain(named);
        message.Length.ShouldBeLessThan(250);
    }

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(?:a|a)+b")]
    [InlineData("(?:a?){40}a{40}b")]
    [InlineData("(?:(?:a|b)+?c*)+?d")]
    [InlineData("(?:a+?a+?)+?b")]
    [InlineData("(?:(?=a+)a|a)+b")]
    [InlineData("(?>(?:a|aa)+)b")]
    public void No_pattern_takes_exponential_time(string pattern)
    {
        Matches(pattern, new string('a', 300)).ShouldBeEmpty();
        Matches(pattern, new string('a', 80) + pattern[^1]).ShouldBe([new string('a', 80) + pattern[^1]]);
    }

    [Fact]
    public void A_group_that_repeats_beyond_the_stack_is_refused()
    {
        var text = string.Concat(Enumerable.Repeat("ab", 2_000_000));
        Should.Throw<InvalidDataException>(() => Pattern.Regex("(?:ab)+").Find(text, 0, out _, out _)).Message.ShouldContain("repeats a group too "
            + "often in a text of 4000000 characters");
    }

    [Theory]
    [InlineData(@"\p{Han}+", @"\p{Han}")]
    [InlineData(@"(a", "without its )")]
    [InlineData(@"[a", "without its ]")]
    [InlineData(@"a*", "can match nothing")]
    [InlineData(@"(?<name>a)", "(?<n")]
    [InlineData(@"\b", @"\b")]
    [InlineData(@"[a&&b]", "&&")]
    [InlineData(@"(a*)*b", "can be empty")]
    [InlineData(@"+a", "a repeat + of nothing")]
    public void Names_what_it_does_not_support(string pattern, string named) =>
        Should.Throw<FormatException>(() => Pattern.Regex(pattern)).Message.ShouldContain(named);
}

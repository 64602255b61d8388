using Shouldly;

namespace Anit.Noise.Tests;

public sealed class WordsTests
{
    static string[] Of(string text, Segmenter segmenter = Segmenter.Auto) => [.. Words.In(text, segmenter).Select(r => text[r])];

    [Theory]
    [InlineData("", "")]
    [InlineData("  \t\n ", "")]
    [InlineData("Give the answer.", "Give|the|answer.")]
    [InlineData("  two\r\n\r\nlines ", "two|lines")]
    [InlineData("no\u00A0break\u3000wide\u2028line\u0085next", "no|break|wide|line|next")]
    [InlineData("zero\u200Bwidth joiner\uFEFF", "zero\u200Bwidth|joiner\uFEFF")] // not White_Space
    [InlineData("unit\u001Fseparator", "unit\u001Fseparator")]
    [InlineData("😀 a😀b", "😀|a😀b")]
    public void Words_are_maximal_runs_without_white_space(string text, string words) => string.Join('|', Of(text)).ShouldBe(words);

    [Fact]
    public void White_space_is_the_Unicode_property()
    {
        int[] property = [9, 10, 11, 12, 13, 0x20, 0x85, 0xA0, 0x1680, .. Enumerable.Range(0x2000, 11), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000];
        Enumerable.Range(0, 0x10000).Where(c => !char.IsSurrogate((char)c) && Of($"a{(char)c}b", Segmenter.Whitespace).Length == 2)
            .ShouldBe(property);
    }

    [Theory]
    [InlineData("请给出正确的答案。", "请|给|出|正|确|的|答|案|。")]
    [InlineData("これは固有表現抽出です", "こ|れ|は|固|有|表|現|抽|出|で|す")]
    [InlineData("用GPT4模型给出正确的答案", "用|GPT4|模|型|给|出|正|确|的|答|案")]
    [InlineData("𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇", "𠀀|𠀁|𠀂|𠀃|𠀄|𠀅|𠀆|𠀇")]
    public void An_unbroken_text_with_eight_CJK_graphemes_is_read_by_graphemes(string text, string words) =>
        string.Join('|', Of(text)).ShouldBe(words);

    [Theory]
    [InlineData("请给出正确的答")]        // seven
    [InlineData("请给出正确的答案 吗")]   // two words
    [InlineData("internationalization")]
    [InlineData("ééééééééééé")]
    public void Other_texts_are_read_by_white_space(string text) => Of(text).Length.ShouldBe(text.Split(' ').Length);

    [Theory]
    [InlineData("e\u0301e\u0301", "e\u0301e\u0301")]     // letters with accents stay together
    [InlineData("👩‍👩‍👧👍🏽", "👩‍👩‍👧|👍🏽")]
    [InlineData("นี่คือ", "นี่|คื|อ")]
    public void No_grapheme_is_split(string text, string words) => string.Join('|', Of(text, Segmenter.Grapheme)).ShouldBe(words);

    [Fact]
    public void Words_and_gaps_together_are_the_text()
    {
        for (var seed = 0UL; seed < 1_000; seed++)
        {
            var text = Some.Text(new Rng(seed, "", "text"), odd: true);
            foreach (var segmenter in new[] { Segmenter.Auto, Segmenter.Whitespace, Segmenter.Grapheme })
            {
                var end = 0;
                foreach (var word in Words.In(text, segmenter))
                {
                    string.IsNullOrWhiteSpace(text[end..word.Start.Value]).ShouldBeTrue();
                    word.End.Value.ShouldBeGreaterThan(word.Start.Value);
                    end = word.End.Value;
                }
                string.IsNullOrWhiteSpace(text[end..]).ShouldBeTrue();
            }
        }
    }
}

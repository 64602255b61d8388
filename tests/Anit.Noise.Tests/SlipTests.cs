using System.Text;
using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>The noises inside words, and paraphrases.</summary>
public sealed class SlipTests
{
    const int Seeds = 1_000;
    static readonly Strength Third = new(0.3m), All = new(1);

    static readonly INoise[] InsideWords =
    [
        new Typo(Third), new Swap(Third), new Drop(Third), new Twice(Third), new Ocr(Third), new Homoglyph(Third), new LetterCase(Third),
        new Punctuation(Third),
    ];

    static HashSet<string> Seen(INoise noise, string clean, int seeds = 300) =>
        [.. Enumerable.Range(0, seeds).Select(seed => Some.Noisy(noise, clean, (ulong)seed))];

    [Fact]
    public void At_most_k_words_are_edited_each_in_its_place_and_gaps_stay()
    {
        foreach (var noise in InsideWords)
            for (var seed = 0UL; seed < Seeds; seed++)
            {
                var clean = Some.Text(new Rng(seed, "", "text"), odd: true);
                var noiser = Some.Noiser(noise, seed);
                var made = noiser.Apply(Encoding.UTF8.GetBytes("row"), Encoding.UTF8.GetBytes(clean));
                var noisy = noiser.Text.ToString();
                Some.Count(noisy).ShouldBe(Some.Count(clean), $"{noise.Name} seed {seed}: {clean}");
                made.Edited.ShouldBeInRange(0, Third.Words(Some.Count(clean)));
                Some.Distance(clean, noisy).ShouldBe(made.Edited, $"{noise.Name} seed {seed}: {clean} -> {noisy}");
                noisy.EnumerateRunes().Contains(Rune.ReplacementChar).ShouldBe(clean.EnumerateRunes().Contains(Rune.ReplacementChar));
            }
    }

    [Fact]
    public void A_text_of_plain_words_gets_exactly_k_slips()
    {
        const string Plain = "please answer with every single category that stands inside these options here";
        foreach (var noise in InsideWords)
            for (var seed = 0UL; seed < 200; seed++)
                Some.Distance(Plain, Some.Noisy(noise, Plain, seed)).ShouldBe(Third.Words(12), noise.Name);
    }

    [Fact]
    public void A_typo_hits_a_key_beside_and_keeps_the_case()
    {
        Seen(new Typo(All), "g").ShouldBe(["f", "h", "t", "y", "v", "b"], ignoreOrder: true);
        Seen(new Typo(All), "Q").ShouldBe(["W", "A"], ignoreOrder: true);
        Seen(new Typo(All), "7").ShouldBe(["7"]);
    }

    [Fact]
    public void Keys_beside_each_other_are_so_both_ways()
    {
        var beside = Enumerable.Range('a', 26).Select(c => (char)c).ToDictionary(c => c, c => Seen(new Typo(All), $"{c}"));
        foreach (var (key, others) in beside)
            foreach (var other in others) beside[other[0]].ShouldContain($"{key}", $"{key} and {other}");
    }

    [Fact]
    public void Swapping_and_dropping_leave_the_ends_of_a_word()
    {
        Seen(new Swap(All), "Form").ShouldBe(["From"]);
        Seen(new Swap(All), "cat").ShouldBe(["cat"]); // three letters are too few
        Seen(new Swap(All), "feet").ShouldBe(["feet"]); // nor would a swap of equal letters be one
        Seen(new Drop(All), "cart.").ShouldBe(["crt.", "cat."], ignoreOrder: true);
        Seen(new Drop(All), "at").ShouldBe(["at"]);
        Seen(new Twice(All), "at,").ShouldBe(["aat,", "att,"], ignoreOrder: true);
    }

    [Fact]
    public void Misread_letters_look_like_what_stood_there()
    {
        Seen(new Ocr(All), "corn").ShouldBe(["com", "eorn", "c0rn", "corri"], ignoreOrder: true);
        Seen(new Ocr(All), "xyz").ShouldBe(["xyz"]);
    }

    [Fact]
    public void Homoglyphs_are_the_confusables_of_Unicode()
    {
        // Code points of confusables.txt of UTS #39: Latin on the left, Cyrillic on the right.
        (char Latin, char Cyrillic)[] pairs = [('a', '\u0430'), ('c', '\u0441'), ('e', '\u0435'), ('i', '\u0456'), ('o', '\u043E'), ('p', '\u0440'),
            ('s', '\u0455'), ('x', '\u0445'), ('y', '\u0443'), ('j', '\u0458'), ('A', '\u0410'), ('B', '\u0412'), ('C', '\u0421'), ('E', '\u0415'),
            ('H', '\u041D'), ('I', '\u0406'), ('K', '\u041A'), ('M', '\u041C'), ('O', '\u041E'), ('P', '\u0420'), ('S', '\u0405'), ('T', '\u0422'),
            ('X', '\u0425'), ('Y', '\u0423'), ('J', '\u0408')];
        foreach (var (latin, cyrillic) in pairs) Some.Noisy(new Homoglyph(All), $"{latin}", 1).ShouldBe($"{cyrillic}");
        Seen(new Homoglyph(All), "dn").ShouldBe(["dn"]);
    }

    [Fact]
    public void Case_changes_to_any_of_four_forms_and_never_to_the_same()
    {
        Seen(new LetterCase(All), "ab").ShouldBe(["AB", "Ab", "aB"], ignoreOrder: true);
        Seen(new LetterCase(All), "(IBM)").ShouldBe(["(ibm)", "(Ibm)", "(iBM)", "(IbM)", "(IBm)"], ignoreOrder: true);
        Seen(new LetterCase(All), "42 行").ShouldBe(["42 行"]);
    }

    [Fact]
    public void Punctuation_goes_comes_or_changes()
    {
        Seen(new Punctuation(All), "go").ShouldBe(["go,", "go.", "go;", "go:", "go!", "go?"], ignoreOrder: true);
        Seen(new Punctuation(All), "go.").ShouldBe(["go", "go,", "go;", "go:", "go!", "go?"], ignoreOrder: true);
        Seen(new Punctuation(All), "-").ShouldNotContain("");
    }

    [Fact]
    public void Spacing_splits_joins_and_widens_but_keeps_line_breaks()
    {
        Seen(new Spacing(new(0.5m)), "ab cd").ShouldBe(["a b cd", "abcd", "ab  cd", "ab c d"], ignoreOrder: true);
        Seen(new Spacing(All), "ab\ncd").ShouldAllBe(t => t.Contains('\n'));
        Seen(new Spacing(All), "7").ShouldBe(["7"]);
    }

    [Fact]
    public void A_character_and_its_marks_stay_together()
    {
        foreach (var noise in InsideWords.Append(new Spacing(All)))
            for (var seed = 0UL; seed < 200; seed++)
            {
                var noisy = Some.Noisy(noise, "e\u0301te\u0301 na\u0308he 👩‍👩‍👧 s\u0327o", seed).Normalize();
                noisy.Any(c => c is '\u0301' or '\u0308' or '\u0327').ShouldBeFalse($"{noise.Name}: {noisy}");
            }
    }

    [Fact]
    public void Unbroken_text_of_graphemes_keeps_its_other_graphemes()
    {
        const string Clean = "请用GPT4回答下面的所有问题和选项";
        foreach (var noise in InsideWords.Append(new Spacing(All)))
            for (var seed = 0UL; seed < 100; seed++)
            {
                var noisy = Some.Noiser(noise, seed, segmenter: Segmenter.Grapheme).Apply("row", Clean);
                noisy.Replace(" ", "", StringComparison.Ordinal).Where(c => c > '\u2FFF' && char.IsLetter(c))
                    .ShouldBe(Clean.Where(c => c > '\u2FFF'));
            }
    }

    [Fact]
    public void Paraphrases_stand_for_whole_words_in_any_case_the_longest_first()
    {
        var table = new PhraseTable([("the answer", "a reply"), ("the", "some"), ("give", "hand over"), ("Give", "tell")]);
        Seen(new Paraphrase(table, All), "Give THE answer, then rest.").ShouldBe(
            ["Hand over A reply, then rest.", "Tell A reply, then rest."], ignoreOrder: true);
        Seen(new Paraphrase(table, new(0.2m)), "Theory gives the\nrest").ShouldBe(["Theory gives some\nrest"]);
        Seen(new Paraphrase(new([]), All), "give the answer").ShouldBe(["give the answer"]);
    }

    [Fact]
    public void Opposites_of_one_instruction_differ_from_row_to_row()
    {
        const string Instruction = "Here is a task on named entity recognition, give the correct answer followed the input.";
        var noiser = Some.Noiser(new Opposite(new(0.3m)));
        Enumerable.Range(0, 246).Select(i => noiser.Apply($"row {i}", Instruction)).Distinct().Count().ShouldBeGreaterThan(50);
    }
}

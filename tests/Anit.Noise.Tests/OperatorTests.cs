using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>Each row of the table of noises, with its edge cases.</summary>
public sealed class OperatorTests
{
    const string Instruction = "Here is a task on named entity recognition, give the correct answer followed the input.";
    const int Seeds = 1_000;
    static readonly Vocabulary English = Vocabulary.English;
    static readonly Strength Tenth = new(0.1m), Third = new(0.3m), All = new(1);

    [Fact]
    public void Replacement_changes_exactly_k_words_and_keeps_every_gap()
    {
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var clean = Some.Text(new Rng(seed, "", "text"), odd: true);
            var noisy = Some.Noisy(new Replace(English, Third), clean, seed);
            Some.Distance(clean, noisy).ShouldBe(Third.Words(Some.Count(clean)), $"seed {seed}: {clean}");
            Gaps(noisy).ShouldBe(Gaps(clean));
        }
    }

    [Fact]
    public void Replacement_at_full_strength_leaves_no_word() =>
        Some.Distance(Instruction, Some.Noisy(new Replace(English, All), Instruction, 1)).ShouldBe(15);

    [Fact]
    public void Replacement_of_one_word_replaces_it_and_of_none_does_nothing()
    {
        Some.Distance("Go!", Some.Noisy(new Replace(English, Tenth), "Go!", 3)).ShouldBe(1);
        Some.Noisy(new Replace(English, Tenth), " \n", 3).ShouldBe(" \n");
        Some.Noisy(new Replace(English, Tenth), "", 3).ShouldBe("");
    }

    [Fact]
    public void Replacement_never_draws_the_word_it_replaces_nor_one_twice()
    {
        var few = new Vocabulary(["give", "take", "make", "bake"]);
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var words = Some.Noisy(new Replace(few, All), "give, take.", seed).Split(' ');
            words.Distinct().Count().ShouldBe(2);
            words.Except(["make", "bake"]).ShouldBeEmpty(); // give and take stand in the text
            Some.Noisy(new Replace(few, All), "GIVE!", seed).ShouldNotBe("give");
        }
    }

    [Fact]
    public void Replacement_brings_in_no_word_that_stands_in_the_text_in_another_case()
    {
        var few = new Vocabulary(["here", "IT", "\u00E9t\u00E9", "moss", "fern", "reed", "rust", "clay"]);
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var words = Some.Noisy(new Replace(few, Third), "Here, \"It\" is \u00C9T\u00C9 now", seed).Split(' ');
            words.ShouldNotContain("here");
            words.ShouldNotContain("IT");
            words.ShouldNotContain("\u00E9t\u00E9");
        }
    }

    [Fact]
    public void Replacement_knows_a_word_in_another_normal_form()
    {
        var accents = new Vocabulary(["e\u0301te", "\u00C9TE", "hiver", "automne"]); // the second is the first in another form and case
        for (var seed = 0UL; seed < 100; seed++) Some.Noisy(new Replace(accents, All), "\u00E9te", seed).ShouldBeOneOf("hiver", "automne");
    }

    [Fact]
    public void Replacement_takes_the_punctuation_along_unless_told_to_keep_it()
    {
        for (var seed = 0UL; seed < 100; seed++)
        {
            Some.Noisy(new Replace(English, All), "(\"Go!\")", seed).All(char.IsAsciiLetter).ShouldBeTrue();
            Some.Noisy(new Replace(English, All, KeepPunctuation: true), "(\"Go!\")", seed).ShouldMatch("^\\(\"[a-z]+!\"\\)$");
            Some.Noisy(new Replace(English, All, KeepPunctuation: true), "---", seed).ShouldMatch("^[a-z]+$");
        }
    }

    [Fact]
    public void Truncation_drops_k_words_at_one_end_with_the_gap_that_follows_or_precedes()
    {
        var seen = new HashSet<string>();
        for (var seed = 0UL; seed < 100; seed++) seen.Add(Some.Noisy(new Truncate(new(0.4m)), " a\tb  c\nd\r\ne\n", seed));
        seen.ShouldBe([" c\nd\r\ne\n", " a\tb  c\n"], ignoreOrder: true);
    }

    [Fact]
    public void Truncation_never_empties_a_text()
    {
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var clean = Some.Text(new Rng(seed, "", "text"), odd: true);
            var n = Some.Count(clean);
            var strength = seed % 2 == 0 ? All : Third;
            var noisy = Some.Noisy(new Truncate(strength), clean, seed);
            var dropped = Math.Max(0, Math.Min(strength.Words(n), n - 1));
            Some.Count(noisy).ShouldBe(n - dropped);
            Some.Distance(clean, noisy).ShouldBe(dropped);
        }
        Some.Noisy(new Truncate(All), "one", 1).ShouldBe("one");
    }

    [Fact]
    public void Block_shuffling_moves_an_end_inside_and_its_distance_is_even()
    {
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var n = 3 + (int)(seed % 40);
            var clean = Some.Distinct(n);
            var noisy = Some.Noisy(new Shuffle(Third), clean, seed);
            var d = Some.Distance(clean, noisy);
            (d % 2).ShouldBe(0, $"seed {seed}");
            d.ShouldBeInRange(2, 2 * Math.Min(Third.Words(n), n - 2));
            noisy.Split(' ').Order().ShouldBe(clean.Split(' ').Order());
            var (a, b) = (clean.Split(' '), noisy.Split(' '));
            (a[0] == b[0] || a[^1] == b[^1]).ShouldBeTrue("one end stays");
        }
    }

    [Fact]
    public void Block_shuffling_of_four_words_gives_these_texts_and_no_others()
    {
        var seen = new HashSet<string>();
        for (var seed = 0UL; seed < 300; seed++) seen.Add(Some.Noisy(new Shuffle(new(0.25m)), "a b c d", seed));
        seen.ShouldBe(["b a c d", "b c a d", "a d b c", "a b d c"], ignoreOrder: true);
    }

    [Fact]
    public void Shuffling_swaps_two_words_and_leaves_one_alone()
    {
        Some.Noisy(new Shuffle(Tenth), "left,\n right", 1).ShouldBe("right\n left,");
        Some.Noisy(new Shuffle(All, ShuffleKind.Permute), "left right", 1).ShouldBe("right left");
        Some.Noisy(new Shuffle(All), "alone", 1).ShouldBe("alone");
        Some.Noisy(new Shuffle(All), "", 1).ShouldBe("");
    }

    [Fact]
    public void Shuffling_all_words_permutes_them_and_n_minus_1_cuts_the_block_down()
    {
        var orders = new HashSet<string>();
        for (var seed = 0UL; seed < 200; seed++) orders.Add(Some.Noisy(new Shuffle(All), "a b c", seed));
        orders.ShouldBe(["a c b", "b a c", "b c a", "c a b", "c b a"], ignoreOrder: true);
        orders.Clear();
        for (var seed = 0UL; seed < 200; seed++) orders.Add(Some.Noisy(new Shuffle(new(0.6m)), "a b c", seed)); // k = 2 becomes 1
        orders.ShouldBe(["b a c", "a c b"], ignoreOrder: true);
    }

    [Fact]
    public void Permuting_always_changes_the_order_of_at_least_two_positions()
    {
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var clean = Some.Distinct(2 + (int)(seed % 20));
            var noisy = Some.Noisy(new Shuffle(Tenth, ShuffleKind.Permute), clean, seed);
            noisy.ShouldNotBe(clean);
            noisy.Split(' ').Order().ShouldBe(clean.Split(' ').Order());
        }
    }

    [Fact]
    public void Insertion_adds_exactly_k_words_with_one_blank_each()
    {
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var clean = Some.Text(new Rng(seed, "", "text"), odd: true);
            var (n, k) = (Some.Count(clean), Third.Words(Some.Count(clean)));
            var noisy = Some.Noisy(new Insert(English, Third), clean, seed);
            Some.Count(noisy).ShouldBe(n + k);
            Some.Distance(clean, noisy).ShouldBe(k);
            (noisy.Length - noisy.Count(char.IsAsciiLetterLower)).ShouldBe(clean.Length - clean.Count(char.IsAsciiLetterLower) + k);
        }
        Some.Noisy(new Insert(English, All), " ", 1).ShouldBe(" ");
    }

    [Fact]
    public void Insertion_uses_every_gap_and_only_distinct_words()
    {
        var places = new HashSet<int>();
        for (var seed = 0UL; seed < 200; seed++)
        {
            var words = Some.Noisy(new Insert(new(["x", "y"]), new(0.3m)), "a b c", seed).Split(' ');
            places.Add(Array.FindIndex(words, w => w is "x" or "y"));
        }
        places.ShouldBe([0, 1, 2, 3], ignoreOrder: true);
        var twenty = new Vocabulary(Enumerable.Range(0, 20).Select(i => $"new{i}"));
        for (var seed = 0UL; seed < 100; seed++)
            Some.Noisy(new Insert(twenty, All), Some.Distinct(10), seed).Split(' ').Distinct().Count().ShouldBe(20);
    }

    [Fact]
    public void A_vocabulary_of_fewer_than_2_k_words_is_refused() =>
        Should.Throw<InvalidDataException>(() => Some.Noisy(new Insert(new(["x", "y", "z"]), All), "a b", 1)).Message.ShouldContain(
            "at least 4 are expected");

    [Fact]
    public void Padding_puts_letter_words_of_other_rows_before_or_after()
    {
        var pool = Pool(("row", "never my own words"), ("other", "Paris, 1999 is the capital of France."), ("third", "x1 --"));
        var seen = new HashSet<string>();
        for (var seed = 0UL; seed < 300; seed++) seen.Add(Some.Noisy(new Pad(pool, All), "a\nb", seed));
        // Paris, and France. carry punctuation and 1999 digits: what is left is "is the capital of".
        seen.ShouldBe(["is the a\nb", "a\nb is the", "capital of a\nb", "a\nb capital of"], ignoreOrder: true);
    }

    [Fact]
    public void Padding_from_a_small_pool_adds_what_there_is_and_says_so()
    {
        var noiser = Some.Noiser(new Pad(Pool(("other", "just two")), All));
        var noised = noiser.Apply("row"u8, "one two three four"u8);
        (noised.Edited, noised.Wanted, noised.Unchanged).ShouldBe((2, 4, false));
        var empty = Some.Noiser(new Pad(Pool(("row", "just mine")), All)).Apply("row"u8, "one two"u8);
        (empty.Edited, empty.Unchanged).ShouldBe((0, true));
    }

    [Fact]
    public void Padding_does_not_depend_on_the_order_in_which_the_pool_was_gathered()
    {
        var rows = Enumerable.Range(0, 300).Select(i => ($"id{i}", $"text number {(char)('a' + i % 26)} of {(char)('a' + i / 26)}")).ToArray();
        var (a, b) = (Build(rows), Build([.. rows.Reverse()]));
        a.Count.ShouldBe(100);
        for (var seed = 0UL; seed < 100; seed++)
            Some.Noisy(new Pad(a, Third), Instruction, seed).ShouldBe(Some.Noisy(new Pad(b, Third), Instruction, seed));

        static ContextPool Build((string Id, string Text)[] rows)
        {
            var pool = new ContextPoolBuilder(9, most: 100);
            foreach (var (id, text) in rows) pool.Add(System.Text.Encoding.UTF8.GetBytes(id), System.Text.Encoding.UTF8.GetBytes(text));
            return pool.Build();
        }
    }

    [Theory]
    [InlineData("Give the CORRECT answer.", "Withhold the INCORRECT question.", 0.75)]
    [InlineData("You should not guess.", "You should guess.", 1)]
    [InlineData("You should guess", "You should not guess", 1)]
    [InlineData("Extract, (only) names", "Ignore, (also) names", 1)]
    public void Opposites_swap_antonyms_and_negations_in_their_case(string clean, string opposite, double omega) =>
        Enumerable.Range(0, 300).Select(seed => Some.Noisy(new Opposite(new((decimal)omega)), clean, (ulong)seed))
            .ShouldContain(text => text.StartsWith(opposite.TrimEnd('.'), StringComparison.Ordinal));

    [Fact]
    public void Opposites_use_at_most_k_edits_and_hedge_verbs_when_no_swap_is_left()
    {
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var noiser = Some.Noiser(new Opposite(Third), seed);
            noiser.Apply("row"u8, System.Text.Encoding.UTF8.GetBytes(Instruction)).Edited.ShouldBe(5);
            noiser.Text.ToString().ShouldNotBe(Instruction);
        }
        // "rate" is a verb and has no antonym: only a hedge is possible.
        Some.Noisy(new Opposite(All), "rate films", 5).ShouldMatch("^rate .+ films$");
    }

    [Fact]
    public void Opposites_append_the_start_of_a_confusing_clause_when_nothing_else_is_possible()
    {
        var noisy = Some.Noisy(new Opposite(All), "named entity recognized\n", 5);
        noisy.ShouldMatch("^named entity recognized \\S+ \\S+ \\S+\n$");
    }

    [Fact]
    public void Written_opposites_win_over_the_rules()
    {
        var written = new WrittenOpposites([("Do this.", "Never do this."), ("Do this.", "Leave this.")]);
        var seen = new HashSet<string>();
        for (var seed = 0UL; seed < 100; seed++) seen.Add(Some.Noisy(new Opposite(Tenth, written), "Do this.", seed));
        seen.ShouldBe(["Never do this.", "Leave this."], ignoreOrder: true);
        Some.Noisy(new Opposite(All, written), "Provide that.", 1).ShouldStartWith("Withhold");
    }

    [Fact]
    public void The_meta_opposite_stands_before_the_instruction_whatever_omega_is()
    {
        var (weak, strong) = (Some.Noisy(new MetaOpposite(0), Instruction, 1), Some.Noisy(new MetaOpposite(1), Instruction, 2));
        weak.ShouldBe(strong);
        weak.ShouldEndWith(" " + Instruction);
        Some.Noisy(new MetaOpposite(1), " ", 2).ShouldBe(" ");
    }

    internal static ContextPool Pool(params (string Id, string Text)[] texts)
    {
        var pool = new ContextPool();
        foreach (var (id, text) in texts) pool.Add(System.Text.Encoding.UTF8.GetBytes(id), text);
        return pool;
    }

    static string[] Gaps(string text)
    {
        var end = 0;
        var gaps = new List<string>();
        foreach (var word in Words.In(text))
        {
            gaps.Add(text[end..word.Start.Value]);
            end = word.End.Value;
        }
        return [.. gaps, text[end..]];
    }
}

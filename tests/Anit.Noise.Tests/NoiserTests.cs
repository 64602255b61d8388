using System.Text;
using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>Laws that hold for every noise.</summary>
public sealed class NoiserTests
{
    static readonly Strength Strength = new(0.3m);

    static readonly INoise[] Every =
    [
        new Replace(Vocabulary.English, Strength), new Truncate(Strength), new Shuffle(Strength), new Shuffle(Strength, ShuffleKind.Permute),
        new Insert(Vocabulary.English, Strength), new Pad(OperatorTests.Pool(("other", "some words from another sample of the data")), Strength),
        new Opposite(Strength), new MetaOpposite(0.3m),
        new Typo(Strength), new Swap(Strength), new Drop(Strength), new Twice(Strength), new Ocr(Strength), new Homoglyph(Strength),
        new LetterCase(Strength), new Punctuation(Strength), new Spacing(Strength),
        new Paraphrase(new([("give the", "hand over the"), ("answer", "reply")]), Strength),
    ];

    [Fact]
    public void What_the_edits_did_not_choose_keeps_its_bytes()
    {
        for (var seed = 0UL; seed < 1_000; seed++)
            foreach (var noise in Every)
            {
                var clean = Some.Text(new Rng(seed, "", "text"), odd: true);
                var noiser = Some.Noiser(noise, seed);
                var noised = noiser.Apply(Encoding.UTF8.GetBytes($"row {seed}"), Encoding.UTF8.GetBytes(clean));
                var noisy = noiser.Text.ToString();
                // Taking the edits back gives the clean text, byte for byte.
                var back = new StringBuilder();
                var (at, from) = (0, 0);
                foreach (var edit in noiser.Applied)
                {
                    back.Append(noisy.AsSpan(at, edit.Start - from)).Append(clean.AsSpan(edit.Start, edit.Length));
                    at += edit.Start - from + edit.Text.Length + (edit.Blank == Blank.None ? 0 : 1);
                    from = edit.Start + edit.Length;
                }
                back.Append(noisy.AsSpan(at)).ToString().ShouldBe(clean, $"{noise.Name} seed {seed}");
                noised.Unchanged.ShouldBe(noisy.Normalize() == clean.Normalize());
                if (noised.Edited == 0) noisy.ShouldBe(clean);
            }
    }

    [Fact]
    public void A_row_gets_the_same_noise_whatever_ran_before_it()
    {
        var texts = Enumerable.Range(0, 200).Select(i => Some.Text(new Rng((ulong)i, "", "text"), odd: true)).ToArray();
        foreach (var noise in Every)
        {
            var (forward, backward) = (Some.Noiser(noise), Some.Noiser(noise));
            var first = Enumerable.Range(0, texts.Length).Select(i => forward.Apply($"row{i}", texts[i])).ToArray();
            for (var i = texts.Length - 1; i >= 0; i--) backward.Apply($"row{i}", texts[i]).ShouldBe(first[i]);
            Some.Noiser(noise).Apply("row7", texts[7]).ShouldBe(first[7]);
        }
    }

    [Fact]
    public void Seed_id_and_epoch_change_the_noise()
    {
        var noise = new Replace(Vocabulary.English, Strength);
        var text = Some.Distinct(20);
        string[] all = [Some.Noiser(noise, 1).Apply("a", text), Some.Noiser(noise, 2).Apply("a", text), Some.Noiser(noise, 1).Apply("b", text),
            Some.Noiser(noise, 1, epoch: 0).Apply("a", text), Some.Noiser(noise, 1, epoch: 1).Apply("a", text)];
        all.Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public void Zero_strength_changes_nothing()
    {
        var none = new Strength(0);
        foreach (var noise in new INoise[] { new Replace(Vocabulary.English, none), new Truncate(none), new Shuffle(none),
            new Insert(Vocabulary.English, none), new Opposite(none) })
        {
            var noised = Some.Noiser(noise).Apply("r"u8, "give the answer"u8);
            (noised.Edited, noised.Unchanged, noised.Wanted).ShouldBe((0, true, 0));
        }
    }

    [Fact]
    public void A_text_that_redraws_cannot_change_is_flagged()
    {
        var noised = Some.Noiser(new Shuffle(Strength)).Apply("r"u8, "la la la la"u8);
        noised.Unchanged.ShouldBeTrue();
        noised.Edited.ShouldBe(2);
    }

    [Fact]
    public void A_redraw_finds_a_change_where_there_is_one()
    {
        // "a a b": moving a behind a changes nothing, moving b does; nine tails in a row come once in 512 rows.
        Enumerable.Range(0, 1_000).Count(seed => Some.Noiser(new Shuffle(new(0.3m)), (ulong)seed).Apply("r"u8, "a a b"u8).Unchanged)
            .ShouldBeInRange(0, 10);
    }

    [Fact]
    public void Labels_of_the_row_never_come_in_as_noise()
    {
        var words = new Vocabulary(["sci", "Tech", "World", "used", "moss", "fern"]);
        var labels = new ForbiddenWords(["Sci/Tech", "world.", "used for"]);
        for (var seed = 0UL; seed < 500; seed++)
            foreach (var word in Some.Noisy(new Replace(words, new(1)), "a b", seed, labels).Split(' '))
                word.ShouldBeOneOf("moss", "fern");
    }

    [Fact]
    public void Protected_words_stay_as_they_are()
    {
        var protection = new Protection([@"\[[a-z]+\]", "entity recognition"], ["answer"]);
        const string Clean = "Here is [id] a task on named entity recognition, give the correct Answer.";
        for (var seed = 0UL; seed < 500; seed++)
            foreach (var noise in Every.Append(new Replace(Vocabulary.English, new(1))).Append(new Truncate(new(1))).Append(new Shuffle(new(1))))
            {
                var noisy = Some.Noisy(noise, Clean, seed, protection: protection);
                foreach (var word in new[] { "[id]", "entity", "recognition,", "Answer." })
                    noisy.Split(' ').ShouldContain(word, $"{noise.Name}: {noisy}");
            }
    }

    [Fact]
    public void Protected_words_keep_their_places_when_the_others_are_shuffled()
    {
        var protection = new Protection([], ["w0", "w4", "w9"]);
        for (var seed = 0UL; seed < 300; seed++)
        {
            var words = Some.Noisy(new Shuffle(Strength), Some.Distinct(10), seed, protection: protection).Split(' ');
            (words[0], words[4], words[9]).ShouldBe(("w0", "w4", "w9"));
        }
    }

    [Fact]
    public void A_mixture_draws_its_parts_by_weight_and_by_row()
    {
        var noiser = new Noiser([new(new Truncate(Strength), 3), new(new Shuffle(Strength), 1)], 42);
        var names = Enumerable.Range(0, 4_000)
            .Select(i => noiser.Apply(Encoding.UTF8.GetBytes($"{i}"), "give the right answer"u8).Noise.Name).ToArray();
        names.Count(n => n == "truncate").ShouldBeInRange(2_850, 3_150);
        noiser.Apply("0"u8, "give the right answer"u8).Noise.Name.ShouldBe(names[0]);
        Should.Throw<ArgumentOutOfRangeException>(() => new Noiser([new(new Truncate(Strength), 0)], 1));
    }

    [Fact]
    public void Texts_without_spaces_are_noised_by_grapheme_and_stay_countable()
    {
        const string Clean = "请从文本GPT中找出所有的命名实体👩‍👩‍👧并给出类别";
        var n = Some.Count(Clean);
        for (var seed = 0UL; seed < 500; seed++)
        {
            var replaced = Some.Noisy(new Replace(Vocabulary.English, Strength), Clean, seed);
            Some.Distance(Clean, replaced).ShouldBe(Strength.Words(n), replaced);
            Some.Distance(Clean, Some.Noisy(new Insert(Vocabulary.English, Strength), Clean, seed)).ShouldBe(Strength.Words(n));
            Some.Distance(Clean, Some.Noisy(new Truncate(Strength), Clean, seed)).ShouldBe(Strength.Words(n));
            (Some.Distance(Clean, Some.Noisy(new Shuffle(Strength), Clean, seed)) % 2).ShouldBe(0);
        }
    }

    [Fact]
    public void Noise_is_frozen() // a change here changes everybody's data: raise the algorithm version of the receipt with it
    {
        const string Clean = "Here is a task on named entity recognition, give the correct answer followed the input.";
        string.Join('\n', Every.Select(n => n.Name + ": " + Some.Noiser(n).Apply("conll2003/train/000123", Clean)))
            .ShouldMatchApproved(c => c.NoDiff().WithFileExtension("txt"));
    }

    [Fact]
    public void The_English_vocabulary_has_at_least_3000_words_of_2_to_12_lower_case_letters()
    {
        Vocabulary.English.All.Count.ShouldBeGreaterThan(3_000);
        Vocabulary.English.All.ShouldAllBe(w => w.Length >= 2 && w.Length <= 12 && w.All(char.IsAsciiLetterLower));
        Vocabulary.English.All.Distinct().Count().ShouldBe(Vocabulary.English.All.Count);
    }
}

using Shouldly;

namespace Anit.Noise.Tests;

public sealed class DistanceTests
{
    [Fact]
    public void The_bit_parallel_distance_is_the_textbook_one_for_any_lengths()
    {
        int[] lengths = [0, 1, 2, 3, 10, 63, 64, 65, 127, 128, 129, 200, 300];
        for (var seed = 0UL; seed < 1_000; seed++)
        {
            var rng = new Rng(seed, "pair", "test");
            var symbols = 1 + rng.Below(seed % 3 == 0 ? 3 : 40);
            var a = Sequence(rng, lengths[rng.Below(lengths.Length)], symbols);
            var b = rng.Coin() ? Sequence(rng, lengths[rng.Below(lengths.Length)], symbols + 2) : Mutated(rng, a, symbols);
            var number = new Dictionary<int, int>(); // the fast one wants the pattern's words numbered from 0
            var pattern = a.Select(x => number.TryGetValue(x, out var i) ? i : number[x] = number.Count).ToArray();
            var text = b.Select(x => number.GetValueOrDefault(x, -1)).ToArray();
            Levenshtein.BitParallel(pattern, text, number.Count).ShouldBe(Levenshtein.TwoRows(a, b), $"seed {seed}: {a.Length} and {b.Length} words");
        }
    }

    [Fact]
    public void The_distance_of_texts_is_the_textbook_one_of_their_words()
    {
        var distance = new WordDistance();
        for (var seed = 0UL; seed < 1_000; seed++)
        {
            var rng = new Rng(seed, "texts", "test");
            var (a, b) = (Some.Text(rng, odd: seed % 2 == 0, most: 100), Some.Text(rng, odd: seed % 4 == 0, most: 100));
            if (seed % 3 == 0) b = a + " " + b;
            var moved = distance.Between(a, b, Segmenter.Whitespace);
            moved.ShouldBe(new(Levenshtein.TwoRows(Numbers(a), Numbers(b)), Split(a).Length, Split(b).Length), $"seed {seed}");
        }
        static string[] Split(string text) => [.. Words.In(text, Segmenter.Whitespace).Select(r => text[r].Normalize())];
        static int[] Numbers(string text) => [.. Split(text).Select(w => string.GetHashCode(w, StringComparison.Ordinal))];
    }

    [Fact]
    public void Words_alike_in_length_or_in_their_first_sixteen_letters_are_told_apart_wherever_they_stand()
    {
        var distance = new WordDistance();
        const string Sixteen = "abcdefghijklmnop";
        string[] words =
            ["a", "b", "aa", "ab", Sixteen, Sixteen + "x", Sixteen + "y", Sixteen[..15], Sixteen + Sixteen, Sixteen + Sixteen[..15] + "q", "é"];
        for (var seed = 0UL; seed < 2_000; seed++)
        {
            var rng = new Rng(seed, "alike", "test");
            var (a, b) = (Draw(), Draw());
            var numbers = words.Index().ToDictionary(w => w.Item, w => w.Index);
            var moved = distance.Between(string.Join(' ', a), string.Join(' ', b));
            moved.Distance.ShouldBe(Levenshtein.TwoRows([.. a.Select(w => numbers[w])], [.. b.Select(w => numbers[w])]), $"seed {seed}");

            string[] Draw() => [.. Enumerable.Range(0, rng.Below(seed % 5 == 0 ? 80 : 20)).Select(_ => words[rng.Below(words.Length)])];
        }
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "a b", 2)]
    [InlineData("a b", "", 2)]
    [InlineData("a  b\n", "a b", 0)]               // white space does not count
    [InlineData("Give it.", "give it.", 1)]        // case does
    [InlineData("Give it.", "Give it", 1)]         // so does punctuation
    [InlineData("\u00C5ngström", "A\u030Angström", 0)] // the same letters on NFC
    [InlineData("a b c d", "b c d a", 2)]
    [InlineData("give the correct answer on the text", "give the forty answer assemble the text", 2)] // two words of an instruction replaced
    [InlineData("请给出正确的答案", "请给出apple的答案", 2)]
    public void Distances_worked_out_by_hand(string clean, string noisy, int distance) => Some.Distance(clean, noisy).ShouldBe(distance);

    [Fact]
    public void An_alignment_rebuilds_both_texts_with_as_many_changes_as_the_distance()
    {
        for (var seed = 0UL; seed < 1_000; seed++)
        {
            var rng = new Rng(seed, "align", "test");
            var (a, b) = (Some.Text(rng, most: 90), Some.Text(rng, most: 90));
            var steps = Alignment.Of(a, b);
            steps.Where(s => s.Change != Change.Inserted).Select(s => a[s.Clean]).ShouldBe(Words.In(a).Select(r => a[r]));
            steps.Where(s => s.Change != Change.Deleted).Select(s => b[s.Noisy]).ShouldBe(Words.In(b).Select(r => b[r]));
            steps.Count(s => s.Change != Change.Kept).ShouldBe(Some.Distance(a, b), $"seed {seed}");
            steps.Where(s => s.Change == Change.Kept).All(s => a[s.Clean] == b[s.Noisy]).ShouldBeTrue();
        }
    }

    static int[] Sequence(Rng rng, int length, int symbols) => [.. Enumerable.Range(0, length).Select(_ => rng.Below(symbols))];

    static int[] Mutated(Rng rng, int[] from, int symbols)
    {
        var list = from.ToList();
        for (var i = rng.Below(10); i > 0; i--)
        {
            var at = rng.Below(list.Count + 1);
            if (rng.Coin()) list.Insert(at, rng.Below(symbols + 1));
            else if (at < list.Count) list.RemoveAt(at);
        }
        return [.. list];
    }
}

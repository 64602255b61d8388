using System.Text;
using Shouldly;

namespace Anit.Nlu.Tests.Answers;

public sealed class AnswerLaws
{
    static readonly string[] Labels = ["person", "location", "sports team", "sports team location", "part of"];
    static readonly string[] Words = ["Ann", "of", "8:00", "a;b", "Mission:", "Impossible;", "1,000", "x", "é", "(", "None", "part", "\"q\"", "日本"];

    static string Phrase(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Words[random.Next(Words.Length)]));

    [Fact]
    public void What_was_written_is_read_back_with_separators_inside_the_values()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var items = Enumerable.Range(0, random.Next(5))
                .Select(_ => new AnswerItem(Labels[random.Next(Labels.Length)], Phrase(random).TrimEnd(';'))).ToList();
            var text = string.Join(" and ", items.Select(i => i.First));
            var answer = AnswerGrammar.Write(NluTask.Ner, items);
            AnswerGrammar.Parse(answer, NluTask.Ner, Labels, text).Items.ShouldBe(items, $"seed {seed}: {answer}");
        }
    }

    [Fact]
    public void Pairs_without_commas_inside_are_read_back()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            string Side() => Phrase(random).Replace(',', '.').TrimEnd(';');
            var items = Enumerable.Range(0, random.Next(5)).Select(_ => new AnswerItem(Labels[random.Next(Labels.Length)], Side(), Side())).ToList();
            var text = string.Join(" and ", items.Select(i => $"{i.First} with {i.Second}"));
            var answer = AnswerGrammar.Write(NluTask.Relations, items);
            AnswerGrammar.Parse(answer, NluTask.Relations, Labels, text).Items.ShouldBe(items, $"seed {seed}: {answer}");
        }
    }

    [Fact]
    public void No_answer_whatever_makes_the_reader_fail()
    {
        const string Alphabet = ";:,： \n\"'[]()Nonepersnlocati\ud800\udc00\ufffeé8\t\u00a0";
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var answer = new StringBuilder();
            for (var i = random.Next(60); i > 0; i--)
            {
                if (random.Next(6) == 0) answer.Append(Labels[random.Next(Labels.Length)]);
                else answer.Append(Alphabet[random.Next(Alphabet.Length)]);
            }
            foreach (var task in NluTask.All)
            {
                var parsed = AnswerGrammar.Parse(answer.ToString(), task, Labels, "Ann left Oslo", lenient: seed % 2 == 0);
                parsed.Items.All(i => i.Label.Length > 0 || task == NluTask.Other).ShouldBeTrue(answer.ToString());
                parsed.Malformed.All(m => m.Length > 0).ShouldBeTrue(answer.ToString());
            }
        }
    }
}

using System.Text.RegularExpressions;
using Anit.Nlu;
using Shouldly;

namespace Anit.Samples.Tests;

/// <summary>What holds for every row, whatever the seed: the base mix and the demo's data.</summary>
public sealed class RowTests
{
    const int Many = 4_000;

    static readonly Lazy<List<Row>> Mix = new(() => [.. new BaseMix(Grammar.Standard, seed: 11).Rows(Many)]);
    static readonly Lazy<List<Row>> Demo =
        new(() => [.. DemoSet.Tasks.SelectMany(task => new DemoSet(Grammar.Standard, seed: 12).Of(task).Values.SelectMany(rows => rows))]);

    static IEnumerable<Row> Every => Mix.Value.Concat(Demo.Value);

    [Fact]
    public void Every_answer_is_written_as_its_grammar_says_and_only_with_labels_of_its_options()
    {
        foreach (var row in Every.Where(r => r.Task != NluTask.Other))
        {
            var read = AnswerGrammar.Parse(row.Target, row.Task, row.Options, row.Text);

            if (read.Malformed.Count > 0 || read.UnknownLabels > 0 || AnswerGrammar.Write(row.Task, read.Items) != row.Target)
                Assert.Fail($"{row.Target} read as {string.Join(" + ", read.Items)} of {string.Join(", ", row.Options!)}");
        }
    }

    [Fact]
    public void Every_gold_span_stands_in_its_text()
    {
        var absent =
            from row in Every
            where row.Task is NluTask.Ner or NluTask.Relations or NluTask.Aspects
            from item in AnswerGrammar.Parse(row.Target, row.Task, row.Options, row.Text).Items
            where !row.Text!.Contains(item.First, StringComparison.Ordinal) || !row.Text.Contains(item.Second, StringComparison.Ordinal)
            select (item, row.Text);

        absent.ShouldBeEmpty();
    }

    [Fact]
    public void Options_are_distinct_and_hold_no_comma()
    {
        Every.Where(r => r.Options is not null
            && (r.Options.Distinct().Count() < r.Options.Count || r.Options.Any(o => o.AsSpan().IndexOfAny(",;:") >= 0))).ShouldBeEmpty();
    }

    [Fact]
    public void Texts_are_spaced_and_closed_as_English_is_written()
    {
        var wrong = new Regex("  | [,.;?!]|_|\\b([Tt]he|[Aa]n?) (the|an?) |\\b[Aa] [aeio][a-z]|[^.?!\"]$|^[a-z]|[.,]{2}| '|\\b(\\w+) \\2\\b(?<!that "
            + "that|had had)");
        Every.Select(r => r.Text).OfType<string>().Where(text => wrong.IsMatch(text)).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_to_find_is_rare_but_happens()
    {
        foreach (var task in (string[])[NluTask.Ner, NluTask.Relations, NluTask.Aspects])
        {
            var rows = Mix.Value.Where(r => r.Task == task).ToList();
            (rows.Count(r => r.Target == Answers.None) / (double)rows.Count).ShouldBeInRange(0.02, 0.25, task);
        }
    }

    [Fact]
    public void Classes_of_the_demo_are_equally_frequent_and_no_label_of_another_task_is_rare()
    {
        var classes = Demo.Value.Where(r => r.Task == NluTask.Classification).CountBy(r => r.Target).Select(c => c.Value).ToList();
        classes.Distinct().Count().ShouldBe(1);

        foreach (var task in (string[])[NluTask.Ner, NluTask.Relations, NluTask.Aspects])
        {
            var labels = Demo.Value.Where(r => r.Task == task)
                .SelectMany(r => AnswerGrammar.Parse(r.Target, r.Task, r.Options, r.Text).Items).CountBy(i => i.Label).ToDictionary();
            labels.Count.ShouldBe(Demo.Value.First(r => r.Task == task).Options!.Count, task);
            (labels.Values.Min() / (double)labels.Values.Sum()).ShouldBeGreaterThan(0.08, task);
        }
    }

    [Fact]
    public void Train_dev_and_test_of_the_demo_share_no_text()
    {
        foreach (var task in Demo.Value.GroupBy(r => r.Task))
            task.Select(r => r.Text).ShouldBeUnique();
        Demo.Value.Select(r => r.Id).ShouldBeUnique();
    }

    [Fact]
    public void The_base_mix_shows_no_text_of_the_demo_but_short_remarks() =>
        Mix.Value.Select(r => r.Text ?? r.Target).Intersect(Demo.Value.Select(r => r.Text!)).Where(text => text.Split(' ').Length > 7)
            .ShouldBeEmpty();
}

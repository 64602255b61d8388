using Shouldly;

namespace Anit.Nlu.Tests;

public sealed class PromptTemplateTests
{
    static readonly NluRow Row = new()
    {
        Id = "x/train/000000",
        Task = NluTask.Ner,
        Instruction = "Find entities.",
        Question = "Which?",
        Format = "'type1: word1'",
        Options = ["person", "else"],
        Text = "Ann left .",
        Target = "person: Ann",
    };

    [Fact]
    public void The_anit_prompt_is_one_line_a_field_and_ends_where_the_answer_begins()
    {
        PromptTemplate.Anit.Prompt(Row).ShouldBe(
            "Instruction: Find entities.\nQuestion: Which?\nFormat: 'type1: word1'\nOption: person, else\nText: Ann left .\nAnswer:");
        PromptTemplate.Anit.Target(Row).ShouldBe(" person: Ann");
    }

    [Fact]
    public void The_alpaca_prompt_puts_the_context_under_input() =>
        PromptTemplate.Alpaca.Prompt(Row).ShouldBe(
            "Below is an instruction that describes a task, paired with an input that provides further context. "
            + "Write a response that appropriately completes the request.\n\n### Instruction:\nFind entities.\n\n### Input:\n"
            + "Question: Which?\nFormat: 'type1: word1'\nOption: person, else\nText: Ann left .\n\n### Response:\n");

    [Fact]
    public void Alpaca_rows_have_a_bare_input_or_none()
    {
        var row = new NluRow { Id = "x", Task = NluTask.Other, Instruction = "Add.", Text = "1 and 2", Target = "3" };
        PromptTemplate.Alpaca.Prompt(row).ShouldContain("### Input:\n1 and 2\n\n### Response:\n");
        PromptTemplate.Alpaca.Prompt(row with { Text = null }).ShouldEndWith("describes a task. Write a response that appropriately "
            + "completes the request.\n\n### Instruction:\nAdd.\n\n### Response:\n");
        PromptTemplate.Anit.Prompt(row with { Text = null }).ShouldBe("Instruction: Add.\nAnswer:");
    }

    [Fact]
    public void The_inline_prompt_puts_every_field_inside_the_instruction()
    {
        PromptTemplate.Inline.Prompt(Row).ShouldBe(
            "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n"
            + "Find entities.\nQuestion: Which?\nFormat: 'type1: word1'\nOption: person, else\nText: Ann left .\n\n### Response:\n");
        PromptTemplate.Inline.Target(Row).ShouldBe("person: Ann");
    }

    [Fact]
    public void The_users_turn_is_the_instruction_with_the_fields_below_it()
    {
        PromptTemplate.Chat.Prompt(Row).ShouldBe("Find entities.\nQuestion: Which?\nFormat: 'type1: word1'\nOption: person, else\nText: Ann left .");
        PromptTemplate.Chat.Target(Row).ShouldBe("person: Ann");
        var bare = new NluRow { Id = "x", Task = NluTask.Other, Instruction = "Add.", Text = "1 and 2", Target = "3" };
        PromptTemplate.Chat.Prompt(bare).ShouldBe("Add.\n\n1 and 2");
        PromptTemplate.Chat.Prompt(bare with { Text = null }).ShouldBe("Add.");
        PromptTemplate.Chat.Prompt(bare with { Text = null, Task = NluTask.Ner }).ShouldBe("Add.");
    }

    [Theory]
    [InlineData("anit")]
    [InlineData("alpaca")]
    [InlineData("inline")]
    [InlineData("chat")]
    public void Another_instruction_replaces_the_raw_one_and_the_parts_are_found(string name)
    {
        var prompt = PromptTemplate.ByName(name).Render(Row, "Noisy find.");
        prompt.Text[prompt.Instruction].ShouldBe("Noisy find.");
        prompt.Text[prompt.Context].ShouldBe("Ann left .");
        prompt.Text.ShouldNotContain("Find entities.");
    }

    [Fact]
    public void Only_the_text_is_cut_and_only_as_far_as_needed()
    {
        var row = Row with { Text = string.Join(' ', Enumerable.Range(0, 100)) };
        var words = (string prompt) => prompt.Split([' ', '\n']).Length;
        var bare = words(PromptTemplate.Anit.Prompt(row with { Text = "" }));
        var (prompt, cut) = PromptFitting.Fit(PromptTemplate.Anit, row, null, bare + 11, words)!.Value;
        cut.ShouldBeTrue();
        prompt.Text[prompt.Context].ShouldBe("0 1 2 3 4 5 6 7 8 9");
        prompt.Text.ShouldContain(row.Instruction);
        PromptFitting.Fit(PromptTemplate.Anit, row, null, 1_000, words)!.Value.Cut.ShouldBeFalse();
        PromptFitting.Fit(PromptTemplate.Anit, row with { Text = null }, null, 3, words).ShouldBeNull();
    }

    [Fact]
    public void Every_task_has_a_concise_and_a_detailed_wording()
    {
        foreach (var set in new[] { InstructionSet.Concise, InstructionSet.Detailed })
        {
            foreach (var task in NluTask.All.Except([NluTask.Other])) set.For("no such dataset", task)[0].Instruction.ShouldNotBeEmpty();
            set.For("sst2", NluTask.Classification)[0].ShouldNotBe(set.For("other", NluTask.Classification)[0]);
        }
        InstructionSet.Concise.For("conll2003", "ner")[0].Instruction
            .ShouldBe("Here is a task on named entity recognition, give the correct answer followed the input.");
    }

    [Theory]
    [InlineData("[]", "expected an object")]
    [InlineData("{\"ner\": 3}", "ner: found \"3\"")]
    [InlineData("{\"ner\": {\"instruction\": \"\"}}", "no instruction")]
    [InlineData("{\"ner\": {\"instruction\": \"a\", \"ask\": \"b\"}}", "found \"ask\"")]
    [InlineData("{\"ner\": []}", "ner: found \"no wording\"")]
    [InlineData("{\"ner\": [{\"instruction\": \"a\"}, {\"question\": \"b\"}]}", "ner[1]: found \"no instruction\"")]
    [InlineData("{\n\"ner\" 3}", "line 2")]
    public void A_wrong_instruction_file_is_refused_with_its_place(string json, string message)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            Should.Throw<InvalidDataException>(() => InstructionSet.Load(path)).Message.ShouldContain(message);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

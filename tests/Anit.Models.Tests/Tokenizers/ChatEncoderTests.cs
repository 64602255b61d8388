using Anit.Models.Tests.Jinja;

namespace Anit.Models.Tests.Tokenizers;

public sealed class ChatEncoderTests
{
    [Theory]
    [InlineData("marked", "<|begin|>system\nYou answer in few words.<|end|>\n<|begin|>user\nhello<|end|>\n<|begin|>assistant\n", "the cat<|end|>")]
    [InlineData("bracketed", "<s>[ASK] hello [/ASK]", " the cat </s>")]
    [InlineData("headers", "<s><|head|>system<|/head|>\n\nToday: 06 Jul 2024\n\n<|eot|><|head|>user<|/head|>\n\nhello<|eot|>"
        + "<|head|>assistant<|/head|>\n\n", "the cat<|eot|>")]
    [InlineData("turns", "<s><turn>user\nhello</turn>\n<turn>model\n", "the cat</turn>")]
    [InlineData("thinking", "<|b|>user\nhello<|e|>\n<|b|>assistant\n<think>\n\n</think>\n\n", "the cat<|e|>")]
    public void A_pair_is_the_users_turn_and_the_assistants_with_the_token_that_ends_it(string template, string prompt, string answer)
    {
        using var folder = new ChatFolder(ChatFolder.Template(template));
        var (tokenizer, encoder) = (folder.Tokenizer, folder.Encoder());
        var (promptIds, answerIds) = encoder.Pair("hello", "the cat");
        Assert.Equal(prompt, encoder.Text("hello"));
        Assert.Equal(tokenizer.Encode(prompt), promptIds); // BOS once, as the template writes it
        Assert.Equal(promptIds, encoder.Prompt("hello"));
        Assert.Equal(answer, tokenizer.Decode(answerIds, skipSpecial: false));
        Assert.Equal([answerIds[^1]], encoder.Ends);
        Assert.Equal(tokenizer.Encode(prompt + answer), promptIds.Concat(answerIds));
    }

    [Fact]
    public void A_system_turn_stands_before_the_users()
    {
        using var folder = new ChatFolder(ChatFolder.Template("turns"));
        Assert.Equal("<s><turn>user\nBe brief.\n\nhello</turn>\n<turn>model\n", folder.Encoder("Be brief.").Text("hello"));
        folder.Write("chat_template.jinja", "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
            + ChatFolder.Template("turns"));
        folder.Encoder();
        Assert.Equal($"{folder.Path}/chat_template.jinja: this chat template takes no system turn; leave --system away, or say it in the instruction",
            Assert.Throws<InvalidDataException>(() => folder.Encoder("Be brief.")).Message);
    }

    [Theory]
    [InlineData("{% for m in messages %}{{ m.role }}: {{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}assistant: <think>{% endif %}",
        "writes a conversation that does not begin with the text that asks for its answer (add_generation_prompt), so answers cannot be told from "
            + "prompts: it cannot be trained on")]
    [InlineData("{% for m in messages %}{{ m.role }}: {{ m.content | upper }}</s>{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}",
        "changes the words of an answer, so it cannot be trained on")]
    public void A_template_that_makes_training_impossible_is_named_in_one_line(string template, string why)
    {
        using var folder = new ChatFolder(template);
        Assert.Equal($"{folder.Path}/chat_template.jinja: this chat template {why}",
            Assert.Throws<InvalidDataException>(() => folder.Encoder()).Message);
    }

    [Fact]
    public void Where_the_template_puts_no_token_behind_an_answer_EOS_stands_there()
    {
        using var folder = new ChatFolder("{% for m in messages %}\n### {{ m.role }}:\n{{ m.content }}\n{% endfor %}"
            + "{% if add_generation_prompt %}\n### assistant:\n{% endif %}");
        var (tokenizer, encoder) = (folder.Tokenizer, folder.Encoder());
        Assert.Equal("the cat</s>", tokenizer.Decode(encoder.Pair("hello", "the cat").Answer, skipSpecial: false));
        Assert.Equal([tokenizer.EosId!.Value], encoder.Ends);
        Assert.Contains("ends an answer with no token of its own", Assert.Throws<InvalidDataException>(() =>
            encoder.Conversation([new("user", "a"), new("assistant", "b")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Instructions_are_found_among_the_tokens_wherever_the_template_puts_them()
    {
        foreach (var name in new[] { "marked", "bracketed", "headers", "turns", "thinking" })
        {
            using var folder = new ChatFolder(ChatFolder.Template(name));
            var (tokenizer, encoder) = (folder.Tokenizer, folder.Encoder());
            foreach (var prompt in new[] { "the dog\nText: the cat", "  the dog\nsat ", "a", "user", "the dog sat there the dog sat there" })
            {
                var from = prompt.Length - prompt.TrimStart().Length;
                var to = Math.Min(from + 7, prompt.TrimEnd().Length);
                var (start, end) = encoder.Tokens(prompt, from..to);
                var ids = encoder.Prompt(prompt);
                Assert.Equal(prompt[from..to], tokenizer.Decode(ids.AsSpan()[start..end]));
                Assert.StartsWith(prompt[from..].Trim(), tokenizer.Decode(ids.AsSpan()[start..]), StringComparison.Ordinal);
                Assert.Equal(-1, tokenizer.Decode(ids.AsSpan()[end..]).IndexOf("<s>", StringComparison.Ordinal));
            }
        }
    }

    [OracleTheory]
    [InlineData("llama2", "<s>[INST] Find it. [/INST]")]
    [InlineData("llama2", "Instruction: Find it.\nText: a")]
    [InlineData("llama3", "Instruction: Find it.\nText: a")]
    [InlineData("qwen3", "<|im_start|>user\nFind it.\nText: a<|im_end|>")]
    public void The_first_word_of_an_instruction_is_among_its_tokens_also_where_its_token_begins_with_a_blank(string vocabulary, string prompt)
    {
        var tokenizer = Tokenizer.Load(Oracle.Vocabulary(vocabulary));
        var encoder = new PlainEncoder(tokenizer);
        var from = prompt.IndexOf("Find it.", StringComparison.Ordinal);
        var (start, end) = encoder.Tokens(prompt, from..(from + 8));
        var ids = encoder.Prompt(prompt);
        Assert.Equal("Find it.", tokenizer.Decode(ids.AsSpan()[start..end]).Trim());
    }

    [Fact]
    public void Every_turn_of_the_assistant_in_a_conversation_is_found_with_its_end()
    {
        ChatTurn[] turns =
        [
            new("system", "short"), new("user", "one"), new("assistant", "the first"), new("user", "two"), new("assistant", "the second."),
            new("user", "three"),
        ];
        foreach (var (name, mark) in new[] { ("marked", "<|end|>"), ("bracketed", "</s>"), ("turns", "</turn>"), ("thinking", "<|e|>") })
        {
            using var folder = new ChatFolder(ChatFolder.Template(name));
            var tokenizer = folder.Tokenizer;
            var (ids, answers) = folder.Encoder().Conversation(turns);
            Assert.Equal(ChatTemplate.Load(folder.Path).Render(turns, asks: false, thinking: false), tokenizer.Decode(ids, skipSpecial: false));
            Assert.Equal([$"the first{mark}", $"the second.{mark}"], answers.Select(a =>
                tokenizer.Decode(ids.AsSpan()[a.Start..a.End], skipSpecial: false).Replace(" " + mark, mark, StringComparison.Ordinal).TrimStart()));
        }
    }

    [Fact]
    public void A_thought_that_a_later_turn_takes_away_leaves_the_answers_in_place()
    {
        using var folder = new ChatFolder(ChatFolder.Template("thinking"));
        var tokenizer = folder.Tokenizer;
        var (ids, answers) = folder.Encoder().Conversation(
        [
            new("user", "a"), new("assistant", "<think>\nsecret\n</think>\n\nb"), new("user", "c"), new("assistant", "<think>\nopen\n</think>\n\nd"),
        ]);
        Assert.Equal(["b<|e|>", "<think>\nopen\n</think>\n\nd<|e|>"],
            answers.Select(a => tokenizer.Decode(ids.AsSpan()[a.Start..a.End], skipSpecial: false)));
    }

    [Fact]
    public void Special_tokens_that_an_answer_spells_out_do_not_end_it()
    {
        using var folder = new ChatFolder(ChatFolder.Template("marked"));
        Assert.Equal("a <|end|> b<|end|>", folder.Tokenizer.Decode(folder.Encoder().Pair("hello", "a <|end|> b").Answer, skipSpecial: false));
    }

    /// <summary>Text by npm's @huggingface/jinja, ids by npm's @huggingface/tokenizers.</summary>
    [OracleTheory]
    [InlineData("qwen3")]
    [InlineData("llama3")]
    public Task Ids_of_conversations_equal_those_of_the_npm_libraries(string vocabulary) => SameIds(Oracle.Vocabulary(vocabulary));

    [SmolLm2Fact]
    public async Task Ids_of_conversations_with_SmolLM2_equal_those_of_the_npm_libraries()
    {
        if (Oracle.IsHere) await SameIds(SmolLm2.Folder);
    }

    static async Task SameIds(string folder)
    {
        var (tokenizer, template) = (Tokenizer.Load(folder), ChatTemplate.Load(folder));
        var config = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer_config.json"))).RootElement;
        var encoder = new ChatEncoder(tokenizer, template);
        var cases = new List<(List<ChatTurn> Turns, Case Case)>();
        for (var seed = 0; seed < 200; seed++)
        {
            var random = Conversations.Make(seed, tools: false, tame: true);
            var turns = ((List<object?>)random["messages"]!).Cast<Dictionary<string, object?>>()
                .Select(m => new ChatTurn((string)m["role"]!, (string)m["content"]!)).ToList();
            // A template that hides thoughts tells the last of two answers from the first only once both are there.
            if (turns.Zip(turns.Skip(1)).Any(pair => pair.First.Role == pair.Second.Role)) continue;
            var variables = new Dictionary<string, object?>
            {
                ["messages"] = random["messages"], ["add_generation_prompt"] = false, ["enable_thinking"] = false,
                ["tools"] = null, ["documents"] = null,
            };
            foreach (var name in new[] { "bos_token", "eos_token" })
                if (config.GetProperty(name) is { ValueKind: System.Text.Json.JsonValueKind.String } text) variables[name] = text.GetString();
            cases.Add((turns, new(config.GetProperty("chat_template").GetString()!, variables)));
        }
        var texts = (await JinjaOracle.ByNpm(cases.Select(c => c.Case))).ConvertAll(r => r.Text!);
        var learned = 0;
        foreach (var ((turns, _), text, (ids, _)) in cases.Zip(texts, Oracle.Encode("npm", texts, folder)))
        {
            Assert.Equal(text, template.Render(turns, asks: false, thinking: false));
            Assert.Equal(ids, tokenizer.Encode(text));
            if (!turns.Exists(t => t.Role == ChatTurn.Assistant)) continue;
            var (ours, answers) = encoder.Conversation(turns);
            Assert.Equal(ids, ours);
            Assert.All(answers, a => Assert.Equal(encoder.Ends[0], ours[a.End - 1]));
            learned += answers.Count;
        }
        Assert.True(learned > 200);
    }
}

namespace Anit.Models.Tests.Tokenizers;

public sealed class ChatTemplateTests
{
    static readonly ChatTurn[] Hello = [new("user", "hello")];

    [Fact]
    public void A_template_is_a_text_in_tokenizer_config_or_a_file_which_counts_more()
    {
        using var folder = new ChatFolder(null);
        folder.Config(new { bos_token = "<s>", chat_template = "{{ bos_token }}{{ messages[0].content }}" });
        Assert.Equal("<s>hello", ChatTemplate.Load(folder.Path).Render(Hello, asks: false));
        folder.Write("chat_template.jinja", "file: {{ messages[0]['content'] }}");
        Assert.Equal("file: hello", ChatTemplate.Load(folder.Path).Render(Hello, asks: false));
    }

    [Fact]
    public void Of_several_named_templates_the_default_is_taken_and_others_are_to_be_had_by_name()
    {
        using var folder = new ChatFolder(null);
        folder.Config(new { chat_template = new[] { new { name = "tool_use", template = "tools" }, new { name = "default", template = "plain" } } });
        folder.Write("additional_chat_templates/rag.jinja", "documents");
        Assert.Equal("plain", ChatTemplate.Load(folder.Path).Render(Hello, asks: false));
        Assert.Equal("tools", ChatTemplate.Load(folder.Path, "tool_use").Render(Hello, asks: false));
        Assert.Equal("documents", ChatTemplate.Load(folder.Path, "rag").Render(Hello, asks: false));
        var error = Assert.Throws<InvalidDataException>(() => ChatTemplate.Load(folder.Path, "other"));
        Assert.Equal($"{folder.Path}: no chat template called other; there is tool_use, default, rag", error.Message);
    }

    [Fact]
    public void One_named_template_needs_no_name_and_two_without_a_default_do()
    {
        using var folder = new ChatFolder(null);
        folder.Config(new { chat_template = new { chat = "only" } });
        Assert.Equal("only", ChatTemplate.Load(folder.Path).Render(Hello, asks: false));
        folder.Config(new { chat_template = new { chat = "one", tools = "two" } });
        Assert.EndsWith("no chat template called default; there is chat, tools",
            Assert.Throws<InvalidDataException>(() => ChatTemplate.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_sees_the_special_tokens_no_tools_and_a_date_only_when_there_is_one()
    {
        using var folder = new ChatFolder("{{ bos_token }} {{ eos_token }} {{ pad_token is defined }} {{ tools }} {{ documents }} "
            + "{{ strftime_now('%d %b %Y') if strftime_now is defined else 'no date' }} {{ add_generation_prompt }}");
        Assert.Equal("<s> </s> False None None no date True", ChatTemplate.Load(folder.Path).Render(Hello, asks: true));
        Assert.Equal("<s> </s> False None None 26 Jul 2024 False",
            ChatTemplate.Load(folder.Path, date: new DateOnly(2024, 7, 26)).Render(Hello, asks: false));
    }

    [Fact]
    public void What_is_wrong_is_one_line_that_names_the_file()
    {
        using var folder = new ChatFolder(null);
        Assert.Equal($"{folder.Path}: no chat template; expected chat_template.jinja, or chat_template in tokenizer_config.json, as "
            + "instruction-tuned models have them", Message());
        folder.Config(new { chat_template = 5 });
        Assert.Equal($"{folder.Path}/tokenizer_config.json: chat_template is 5, expected a text or a list of named ones", Message());
        folder.Config(new { chat_template = new[] { new { name = "default" } } });
        Assert.Equal($"{folder.Path}/tokenizer_config.json: chat_template has {{\"name\":\"default\"}}, expected an object with name and template",
            Message());
        folder.Config(new { chat_template = "a\n{% for %}" });
        Assert.Equal($"{folder.Path}/tokenizer_config.json chat_template line 2: expected a name, found %}}", Message());
        folder.Write("chat_template.jinja", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        Assert.StartsWith($"{folder.Path}/chat_template.jinja: is a Git LFS pointer", Message(), StringComparison.Ordinal);

        string Message() => Assert.Throws<InvalidDataException>(() => ChatTemplate.Load(folder.Path)).Message;
    }
}

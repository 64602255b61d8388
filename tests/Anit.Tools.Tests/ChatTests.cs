using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Training and evaluation by a model's own chat template, which is a file beside the model here.</summary>
public sealed class ChatTests : IClassFixture<TrainedModel>, IDisposable
{
    const string Template = """
        {%- for m in messages %}
            {%- if m.role == 'system' and not loop.first %}{{ raise_exception('a system turn comes first') }}{% endif %}
            {{- bos_token + m.role + '\n' + m.content | trim + eos_token }}
        {%- endfor %}
        {%- if add_generation_prompt %}{{ bos_token + 'assistant\n' }}{% endif %}
        """;

    readonly TrainedModel model;
    readonly Workbench bench = new();

    public ChatTests(TrainedModel model)
    {
        this.model = model;
        bench.Bash($"cp -r {model.Base} model && rm model/anit-train.json").Code.ShouldBe(0);
        bench.Write("model/chat_template.jinja", Template);
    }

    public void Dispose() => bench.Dispose();

    string Train(string more) => $"anit-train {model.Rows} --model model --method plain --max-steps 2 --threads 1 {more}";

    [Fact]
    public void The_adapter_remembers_its_prompt_and_the_evaluation_takes_it_from_there()
    {
        var dry = bench.Bash(Train("--prompt chat --system Short. --out a --dry-run"));
        dry.Code.ShouldBe(0, dry.ToString());
        dry.Output.ShouldContain("no loss on    \"<s>system\\nShort.</s><s>user\\nFind the places in the text");
        dry.Output.ShouldContain("</s><s>assistant\\n\"\n  loss on       \"place: ");

        bench.Bash(Train("--prompt chat --system Short. --out a")).Code.ShouldBe(0);
        var record = File.ReadAllText(bench["a/anit-train.json"]);
        record.ShouldContain("\"prompt\": \"chat\"");
        record.ShouldContain("\"system\": \"Short.\"");

        var shown = bench.Bash($"anit-eval {model.Rows} --model model --max-new-tokens 8 --adapter a --dry-run");
        shown.Code.ShouldBe(0, shown.ToString());
        shown.Output.ShouldContain("<s>system\nShort.</s><s>user\nFind");
        shown.Error.ShouldBe("");
        bench.Bash($"anit-eval {model.Rows} --model model --max-new-tokens 8 --adapter a --adapter plain/1=base --limit 4 --quiet "
            + "--predictions p.jsonl").Code.ShouldBe(0);
        bench.Bash("grep -c '\"run\":\"plain/1\"' p.jsonl").Output.ShouldBe("4\n");
    }

    [Fact]
    public void Another_prompt_than_that_of_the_training_is_taken_with_a_warning()
    {
        bench.Bash(Train("--prompt inline --out a")).Code.ShouldBe(0);
        var told = bench.Bash($"anit-eval {model.Rows} --model model --max-new-tokens 8 --adapter a --prompt chat --system Go --dry-run");
        told.Code.ShouldBe(0, told.ToString());
        told.Error.ShouldBe("anit-eval: a was trained with --prompt inline, but is asked with --prompt chat --system \"Go\"\n");
        told.Output.ShouldContain("<s>system\nGo</s><s>user\nFind");
        bench.Bash($"anit-eval {model.Rows} --model model --max-new-tokens 8 --adapter a --prompt inline --dry-run").Error.ShouldBe("");
    }

    [Fact]
    public void A_merged_model_remembers_the_prompt_of_its_adapter()
    {
        bench.Bash(Train("--prompt alpaca --out a") + " && anit-train merge --model model --adapter a --out merged").Code.ShouldBe(0);
        var shown = bench.Bash($"anit-eval {model.Rows} --model merged --max-new-tokens 8 --dry-run");
        shown.Output.ShouldContain("### Response:");
        shown.Error.ShouldBe("");
    }

    [Fact]
    public void A_date_is_told_to_the_template_and_remembered()
    {
        bench.Write("model/chat_template.jinja", "{{ strftime_now('%d %b %Y') if strftime_now is defined else 'no date' }} " + Template.Trim());
        bench.Bash(Train("--prompt chat --out a --dry-run")).Output.ShouldContain("\"no date");
        bench.Bash(Train("--prompt chat --date 2024-07-26 --out a")).Code.ShouldBe(0);
        bench.Bash($"anit-eval {model.Rows} --model model --max-new-tokens 8 --adapter a --dry-run").Output.ShouldContain("26 Jul 2024");
    }

    [Fact]
    public void Conversations_train_as_they_are_with_loss_on_every_turn_of_the_assistant()
    {
        bench.Write("chats.jsonl", string.Concat(Enumerable.Range(0, 8).Select(i =>
            $$"""
            {"messages": [{"role": "user", "content": "one {{i}}"}, {"role": "assistant", "content": "two"},
            """.ReplaceLineEndings(" ") +
            """ {"role": "user", "content": "three"}, {"role": "assistant", "content": "four"}]}""" + "\n")));
        var line = "--model model --prompt chat --method plain --max-steps 2 --threads 1";
        var dry = bench.Bash($"anit-train chats.jsonl {line} --out c --dry-run");
        dry.Code.ShouldBe(0, dry.ToString());
        dry.Output.ShouldContain("  loss on       \"two</s>\"\n  no loss on    \"<s>user\\nthree</s><s>assistant\\n\"\n"
            + "  loss on       \"four</s>\"\n");
        dry.Output.ShouldContain("first row       messages/");

        // The same from Parquet, where messages are a list of structs.
        bench.Bash("anit-data convert chats.jsonl -o chats.parquet").Code.ShouldBe(0);
        bench.Bash($"anit-train chats.jsonl {line} --out c && anit-train chats.parquet {line} --out d && cmp c/adapter_model.safetensors "
            + "d/adapter_model.safetensors").Code.ShouldBe(0);

        var shorter = bench.Bash($"anit-train chats.jsonl {line} --out e --max-length 40 --dry-run");
        shorter.Error.ShouldContain("8 rows were longer than --max-length and lost their last turns", customMessage: shorter.ToString());
        shorter.Output.ShouldNotContain("four");
    }

    [Fact]
    public void What_cannot_be_is_one_line()
    {
        bench.Write("chats.jsonl", """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""" + "\n");
        bench.Write("late.jsonl", """{"id": "x", "messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"},"""
            + """ {"role": "assistant", "content": "c"}]}""" + "\n");
        bench.Write("silent.jsonl", """{"messages": [{"role": "user", "content": "a"}]}""" + "\n");
        bench.Write("flat.jsonl", """{"messages": "hello"}""" + "\n");
        Says("anit-train chats.jsonl --model model --out o", 2, "chats.jsonl holds conversations (column messages); take --prompt chat");
        Says("anit-train late.jsonl --model model --prompt chat --out o", 3,
            "row x: model/chat_template.jinja line 2: a system turn comes first");
        Says("anit-train silent.jsonl --model model --prompt chat --out o", 3, "silent.jsonl: 1 rows have no trainable token (messages/0): "
            + "no turn of the assistant, or none that ends within --max-length; mend or drop them");
        Says("anit-train flat.jsonl --model model --prompt chat --out o", 3, "expected a list of structs with the texts role and content");
        Says(Train("--out o --system x"), 2, "--system has no effect with --prompt anit, which is taken when it is absent; leave it out or take "
            + "--prompt chat");
        Says($"anit-eval {model.Rows} --model model --prompt alpaca --date 2024-01-01", 2,
            "--date has no effect with --prompt alpaca; leave it out or take --prompt chat");
        Says($"anit-train {model.Rows} --model {model.Base} --prompt chat --out o", 3, "no chat template; expected chat_template.jinja, or "
            + "chat_template in tokenizer_config.json, as instruction-tuned models have them");
        bench.Write("model/chat_template.jinja", "\n{{ messages | nothing }}");
        Says(Train("--prompt chat --out o"), 3, "model/chat_template.jinja line 2: there is no filter 'nothing'");

        void Says(string line, int code, string message)
        {
            var run = bench.Bash(line);
            run.Code.ShouldBe(code, run.ToString());
            run.Error.ShouldContain(message);
            run.Error.TrimEnd().ShouldNotContain('\n');
        }
    }
}

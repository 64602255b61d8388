using Anit.Nlu;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>Rows and conversations as examples, by the vocabulary of the base model and a chat template.</summary>
public sealed class ConversationTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("anit-chat-").FullName;

    public ConversationTests()
    {
        foreach (var name in new[] { "tokenizer.json", "tokenizer_config.json" })
            File.Copy(Path.Combine(SharedData.Repository, "data", "base", name), Path.Combine(folder, name));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"),
            "{% for m in messages %}{{ bos_token + m.role + '\n' + m.content + eos_token + '\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ bos_token + 'assistant\n' }}{% endif %}");
    }

    static readonly ChatTurn[] Turns =
    [
        new("user", "Who left ?"), new("assistant", "Ann"), new("user", "And who came ?"), new("assistant", "Bob"), new("user", "Thanks"),
    ];

    static readonly NluRow Row = new()
    {
        Id = "r", Task = NluTask.Ner, Instruction = "Find the person.", NoisyInstruction = "Find find the person.", Options = ["person"],
        Text = string.Join(' ', Enumerable.Repeat("Ann left the town .", 60)), Target = "person: Ann",
    };

    [Fact]
    public void A_rows_user_turn_loses_the_end_of_its_text_and_its_instruction_is_found()
    {
        var builder = Builder(120);
        var example = builder.Build(Row, beta: 0.5)!;
        Assert.Equal(1, builder.Shortened);
        Assert.InRange(example.Prompt.Length + example.Answer.Length, 100, 120);
        Assert.Equal("person: Ann</s>", builder.Decode(example.Answer));
        Assert.StartsWith("<s>user\nFind find the person.\nOption: person\nText: Ann left", builder.Decode(example.Prompt), StringComparison.Ordinal);
        Assert.EndsWith("</s>\n<s>assistant\n", builder.Decode(example.Prompt), StringComparison.Ordinal);
        Assert.Equal("Find find the person.", builder.Decode(example.Prompt[example.InstructionStart..example.InstructionEnd]).Trim());
    }

    [Fact]
    public void Each_turn_of_the_assistant_is_learned_with_its_end_and_nothing_else()
    {
        var builder = Builder(1000);
        var example = builder.Build("c", Turns)!;
        var learned = example.Answer.Where((_, i) => example.Learned![i]).ToArray();
        Assert.Equal("Ann</s>Bob</s>", builder.Decode(learned));
        Assert.Equal(learned.Length, example.Targets);
        Assert.Equal("Ann</s>\n<s>user\nAnd who came ?</s>\n<s>assistant\nBob</s>", builder.Decode(example.Answer));
        Assert.Equal("<s>user\nWho left ?</s>\n<s>assistant\n", builder.Decode(example.Prompt));
    }

    [Fact]
    public void A_conversation_that_is_too_long_loses_its_last_turns_and_one_without_room_for_an_answer_is_none()
    {
        var whole = Builder(1000).Build("c", Turns)!;
        var one = Builder(whole.Inputs);
        Assert.Equal("Ann</s>", one.Decode(one.Build("c", Turns)!.Answer));
        Assert.Equal(1, one.Shortened);
        Assert.Equal(whole.Inputs, Builder(whole.Inputs + 1).Build("c", Turns)!.Inputs);
        Assert.Null(Builder(8).Build("c", Turns));
        Assert.Null(Builder(1000).Build("c", Turns[..1]));
    }

    [Fact]
    public void The_loss_of_two_halves_of_an_answer_is_that_of_the_whole_and_so_are_the_gradients()
    {
        using var model = new TinyModel();
        using var lora = model.Lora();
        var rows = TinyModel.Rows(5).Select(r => r with { Answer = [.. r.Prompt[..4], .. r.Answer] }).ToArray();
        Example[] Half(int parity) =>
            [.. rows.Select(r => r with { Learned = [.. Enumerable.Range(0, r.Answer.Length).Select(i => i % 2 == parity)] })];
        var (even, odd) = (Sums(lora, Half(0)), Sums(lora, Half(1)));
        var both = Sums(lora, rows);
        Assert.Equal(both.Loss, even.Loss + odd.Loss, 4);
        var added = even.Gradients.Zip(odd.Gradients, (a, b) => a.Zip(b, (x, y) => x + y).ToArray()).ToArray();
        Assert.True(Gradients.Distance(added, both.Gradients) < 1e-5);
        Assert.True(Gradients.Distance(even.Gradients, both.Gradients) > 0.1); // the halves differ
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    ExampleBuilder Builder(int maxLength) =>
        new(new ChatEncoder(Tokenizer.Load(folder), ChatTemplate.Load(folder)), PromptTemplate.Chat, maxLength);

    // Sum of the losses of all tokens that are learned, and its gradients.
    static (double Loss, float[][] Gradients) Sums(CausalLm model, Example[] rows)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, value) in model.Trained) value.grad = null;
        using var batch = new MicroBatch(rows, epoch: 0, CPU);
        var report = new Plain().Run(new(model, batch, 1.0, seed: 7, dropoutKey: 99)).Read();
        return (report.Loss * report.AnswerTokens, [.. model.Trained.Select(t => t.Value.grad is { } g ? g.data<float>().ToArray() : [])]);
    }
}

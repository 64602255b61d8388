using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

public sealed class PackingTests
{
    static readonly int[][] Sequences = [.. new[] { 5, 1, 90, 17, 5, 33, 2 }.Select((n, i) => Numbers.Tokens(n, 61, (ulong)i))];

    [Theory]
    [InlineData(4, 4)]
    [InlineData(4, 2)]
    [InlineData(4, 1)]
    public void A_packed_batch_computes_what_each_sequence_computes_alone(int heads, int kvHeads)
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small with { NumAttentionHeads = heads, NumKeyValueHeads = kvHeads });
        using var model = checkpoint.Load();
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);

        var together = model.Hidden(batch);

        for (var i = 0; i < Sequences.Length; i++)
        {
            using var one = new PackedBatch([Sequences[i]]);
            Numbers.Distance(together.narrow(0, batch.Starts[i], Sequences[i].Length), model.Hidden(one)).ShouldBeLessThan(2e-6, $"sequence {i}");
        }
    }

    [Fact]
    public void The_last_layer_computed_only_where_asked_gives_the_same_states_and_gradients()
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0));
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);
        var at = tensor(new long[] { 4, 0, 95, 6, 50, 94, 4 }); // any order, one twice, some sequences not at all
        var weights = Init.Normal(1).Make([7, 24], 5);

        var (few, fewGrads) = Gradients(model, e => model.Hidden(batch, e, at), batch, weights);
        var (all, allGrads) = Gradients(model, e => model.Hidden(batch, e).index_select(0, at), batch, weights);

        Numbers.Distance(few, all).ShouldBeLessThan(1e-6);
        for (var i = 0; i < allGrads.Length; i++) Numbers.Distance(fewGrads[i], allGrads[i]).ShouldBeLessThan(1e-5, $"gradient {i}");
    }

    [Theory]
    [InlineData(Tune.Lora)]
    [InlineData(Tune.Full)]
    public void Layers_computed_twice_to_save_memory_give_the_same_gradients(Tune tune)
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        using var model = checkpoint.Load(new(tune) { Lora = tune == Tune.Lora ? new(3, 6, 0.2) : null });
        if (tune == Tune.Lora) Checkpoint.Fill(model, 4);
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);
        var at = tensor(new long[] { 4, 95, 50, 94 });
        var weights = Init.Normal(1).Make([4, 24], 5);
        (model.Dropout.Enabled, model.Dropout.Seed) = (true, 3);
        var (plain, plainGrads) = Gradients(model, e => model.Hidden(batch, e, at), batch, weights);

        model.Checkpointing = true;
        var (again, againGrads) = Gradients(model, e =>
        {
            var hidden = model.Hidden(batch, e, at);
            model.Dropout.Seed = 99; // the next pass's, before this one went backward
            return hidden;
        }, batch, weights);

        again.equal(plain).all().item<bool>().ShouldBeTrue();
        for (var i = 0; i < plainGrads.Length; i++) Numbers.Distance(againGrads[i], plainGrads[i]).ShouldBeLessThan(1e-6, $"gradient {i}");
    }

    [Fact]
    public void Words_of_one_sequence_never_reach_another()
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        using var model = checkpoint.Load();
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);
        var embeddings = model.Embed(batch.Ids).detach().requires_grad_();

        model.Hidden(batch, embeddings).narrow(0, batch.Starts[3], Sequences[3].Length).square().sum().backward();

        var reached = embeddings.grad!.abs().sum(-1, keepdim: false);
        for (var t = 0; t < batch.Tokens; t++)
            (reached[t].item<float>() > 0).ShouldBe(t >= batch.Starts[3] && t < batch.Starts[4], $"token {t}");
    }

    [Fact]
    public void No_token_sees_a_later_one()
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        using var model = checkpoint.Load();
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);
        using var changed = new PackedBatch([.. Sequences.Select(s => s.Select((t, i) => i == s.Length - 1 ? (t + 1) % 61 : t).ToArray())]);

        var (before, after) = (model.Hidden(batch), model.Hidden(changed));

        for (var i = 0; i < Sequences.Length; i++)
            for (var t = batch.Starts[i]; t < batch.Starts[i + 1] - 1; t++)
                Numbers.Distance(after[t], before[t]).ShouldBeLessThan(1e-6, $"token {t}");
    }

    [Fact]
    public void Rows_outside_the_batch_are_refused()
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        using var model = checkpoint.Load();
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch([[1, 2, 3]]);
        Should.Throw<ArgumentOutOfRangeException>(() => model.Hidden(batch, at: tensor(new long[] { 3 }))).Message.ShouldContain(
            "row 3 is asked for, the batch has 3");
        using var foreign = new PackedBatch([[1, 61]]);
        Should.Throw<InvalidDataException>(() => model.Hidden(foreign)).Message.ShouldBe("token id 61 is not among the model's 61 (vocab_size); do "
            + "tokenizer.json and config.json belong together?");
        Should.Throw<ArgumentException>(() => new PackedBatch([])).Message.ShouldContain("at least one sequence");
        Should.Throw<ArgumentException>(() => new PackedBatch([[1], []])).Message.ShouldContain("sequence 1 is empty");
    }

    static (Tensor Result, Tensor[] Grads) Gradients(CausalLm model, Func<Tensor, Tensor> forward, PackedBatch batch, Tensor weights)
    {
        var embeddings = model.Embed(batch.Ids).detach().requires_grad_();
        var result = forward(embeddings);
        (result * weights).sum().backward();
        Tensor[] grads = [embeddings.grad!.clone(), .. model.Trained.Select(t => t.Value.grad).OfType<Tensor>().Select(g => g.clone())];
        foreach (var (_, value) in model.Trained) value.grad = null;
        return (result.detach(), grads);
    }
}

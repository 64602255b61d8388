using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>What must hold for every family: windows, capped scores and norms of their own change none of it.</summary>
public sealed class FamilyTests
{
    const string Gemma2 = """
        {"num_key_value_heads":2,"head_dim":8,"sliding_window":9,"query_pre_attn_scalar":20,"attn_logit_softcapping":5.0,
         "final_logit_softcapping":3.0}
        """;

    static readonly int[][] Sequences = [.. new[] { 5, 1, 60, 17, 5, 33, 2 }.Select((n, i) => Numbers.Tokens(n, 61, (ulong)i))];

    public static TheoryData<string, string> Families => new()
    {
        { "llama", """{"num_key_value_heads":1}""" },
        { "mistral", """{"num_key_value_heads":2,"sliding_window":9}""" },
        { "qwen2", """{"num_key_value_heads":4,"use_sliding_window":true,"sliding_window":7,"max_window_layers":1}""" },
        { "qwen3", """{"num_key_value_heads":2,"head_dim":8,"max_position_embeddings":16,"""
            + """ "rope_scaling":{"rope_type":"yarn","factor":4.0,"beta_fast":2}}""" },
        { "gemma", """{"num_key_value_heads":1,"head_dim":8}""" },
        { "gemma2", Gemma2 },
        { "gemma3_text", """{"num_key_value_heads":2,"head_dim":8,"sliding_window":9,"sliding_window_pattern":2,"query_pre_attn_scalar":8}""" },
    };

    /// <summary>Tokens of longer sequences turn differently: dynamic scaling and LongRoPE.</summary>
    public static TheoryData<string, string> TurningByLength => new()
    {
        { "llama", """{"max_position_embeddings":16,"rope_scaling":{"rope_type":"dynamic","factor":2.0}}""" },
        { "mistral", """{"original_max_position_embeddings":16,"max_position_embeddings":64,"""
            + """ "rope_scaling":{"rope_type":"longrope","short_factor":[1,2,3],"long_factor":[2,4,8]}}""" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    [MemberData(nameof(TurningByLength))]
    public void A_packed_batch_computes_what_each_sequence_computes_alone(string type, string keys)
    {
        using var checkpoint = Make(type, keys);
        using var model = checkpoint.Load();
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);
        var together = model.Logits(model.Hidden(batch));
        for (var i = 0; i < Sequences.Length; i++)
        {
            using var one = new PackedBatch([Sequences[i]]);
            Numbers.Distance(together.narrow(0, batch.Starts[i], Sequences[i].Length), model.Logits(model.Hidden(one)))
                .ShouldBeLessThan(3e-6, $"sequence {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    [MemberData(nameof(TurningByLength))]
    public void Rows_asked_for_and_layers_computed_twice_give_the_gradients_of_the_whole(string type, string keys)
    {
        using var checkpoint = Make(type, keys);
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0.1) { Dora = type.EndsWith('3') });
        (model.Dropout.Enabled, model.Dropout.Seed) = (true, 3);
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);
        var at = tensor(new long[] { 4, 0, 65, 6, 50, 122, 4 }); // any order, one twice, some sequences not at all
        var weights = Init.Normal(1).Make([7, 61], 5);

        var whole = Gradients(model, batch, e => model.Logits(model.Hidden(batch, e)).index_select(0, at), weights);
        var few = Gradients(model, batch, e => model.Logits(model.Hidden(batch, e, at)), weights);
        model.Checkpointing = true;
        var twice = Gradients(model, batch, e => model.Logits(model.Hidden(batch, e, at)), weights);

        for (var i = 0; i < whole.Length; i++)
        {
            Numbers.Distance(few[i], whole[i]).ShouldBeLessThan(1e-5, $"gradient {i}");
            Numbers.Distance(twice[i], whole[i]).ShouldBeLessThan(1e-5, $"gradient {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_cache_gives_the_tokens_of_full_forward_passes_and_a_saved_folder_the_same(string type, string keys)
    {
        using var checkpoint = Make(type, keys);
        using var model = checkpoint.Load();
        var folder = Path.Combine(checkpoint.Folder, "again");
        ModelFolder.Save(folder, model);
        using var again = CausalLm.Load(folder);

        var written = new Generator(model).Greedy(Sequences, 14, new HashSet<int>(), batch: 3);
        var same = new Generator(again) { ReadsCacheDirectly = false }.Greedy(Sequences, 14, new HashSet<int>());

        using var quiet = no_grad();
        for (var i = 0; i < Sequences.Length; i++)
        {
            same[i].ShouldBe(written[i]);
            var tokens = Sequences[i].ToList();
            for (var step = 0; step < 14; step++)
            {
                using var scope = NewDisposeScope();
                using var batch = new PackedBatch([tokens.ToArray()]);
                tokens.Add((int)model.Logits(model.Hidden(batch, at: tensor(new[] { tokens.Count - 1L }))).argmax().item<long>());
            }
            written[i].ShouldBe([.. tokens.Skip(Sequences[i].Length)], $"prompt {i}");
        }
    }

    /// <summary>As in the reference, whose cache keeps keys as they were turned when they came.</summary>
    [Theory]
    [MemberData(nameof(TurningByLength))]
    public void Answers_to_long_and_short_prompts_do_not_depend_on_the_prompts_beside_them(string type, string keys)
    {
        using var checkpoint = Make(type, keys);
        using var model = checkpoint.Load();
        int[][] prompts = [.. new[] { 12, 17, 30, 15 }.Select(n => Numbers.Tokens(n, 61, 7))]; // alike as far as they go
        var together = new Generator(model).Greedy(prompts, 8, new HashSet<int>());
        for (var i = 0; i < prompts.Length; i++)
            new Generator(model) { ReadsCacheDirectly = false }.Greedy([prompts[i]], 8, new HashSet<int>())[0].ShouldBe(together[i], $"prompt {i}");
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch([prompts[2]]);
        model.Logits(model.Hidden(batch, at: tensor(new[] { 29L }))).argmax().item<long>().ShouldBe(together[2][0]);
    }

    static Checkpoint Make(string type, string keys) => new(ModelConfig.FromJson($$"""
        {"model_type":"{{type}}","vocab_size":61,"hidden_size":24,"intermediate_size":40,"num_hidden_layers":3,"num_attention_heads":4,
         "initializer_range":0.2,{{keys[1..^1]}}}
        """));

    static Tensor[] Gradients(CausalLm model, PackedBatch batch, Func<Tensor, Tensor> forward, Tensor weights)
    {
        var embeddings = model.Embed(batch.Ids).detach().requires_grad_();
        (forward(embeddings) * weights).sum().backward();
        Tensor[] grads = [embeddings.grad!.clone(), .. model.Trained.Select(t => t.Value.grad!.clone())];
        foreach (var (_, value) in model.Trained) value.grad = null;
        return grads;
    }
}

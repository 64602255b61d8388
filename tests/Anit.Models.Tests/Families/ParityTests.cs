using System.Text.Json;
using Shouldly;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>Our numbers against those of transformers and peft on the same weights (see goldens.md).</summary>
public sealed class ParityTests(ITestOutputHelper output)
{
    const double Tolerance = 1e-5; // relative, float32

    static readonly JsonElement[] Goldens = [.. Read("goldens.json"), .. Read("families.json")];

    static readonly JsonElement Bfloat16 =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Families", "bfloat16.json"))).RootElement;

    double worst;

    public static TheoryData<string> Cases => [.. Goldens.Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_loss_and_gradients_with_low_rank_updates_equal_the_reference(string name)
    {
        var golden = Case(name);
        using var checkpoint = Make(golden);
        using var model = checkpoint.LoadTuned(Lora(golden), Seed(golden));
        using var scope = NewDisposeScope();
        using var batch = Batch(golden, out var answers, out var labels);

        var embeddings = model.Embed(batch.Ids).detach().requires_grad_();
        var all = model.Logits(model.Hidden(batch, embeddings));
        var hidden = model.Hidden(batch, embeddings, answers);
        var logits = model.Logits(hidden);
        var loss = model.Loss(hidden, labels) / (double)labels.size(0);
        loss.backward();

        loss.item<float>().ShouldBe((float)golden.GetProperty("loss").GetDouble(), 1e-5);
        var wanted = golden.GetProperty("summaries");
        Compare("logits", all, wanted);
        Compare("answer logits", logits, wanted);
        Compare("embeddings", embeddings.grad!, wanted);
        model.Trained.Count.ShouldBe(wanted.EnumerateObject().Count() - 3);
        foreach (var (parameter, value) in model.Trained) Compare(parameter, value.grad!, wanted);
        output.WriteLine($"{name}: largest difference {worst:e1}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_of_all_weights_equal_the_reference(string name)
    {
        var golden = Case(name);
        using var checkpoint = Make(golden);
        using var model = checkpoint.Load(new(Tune.Full));
        using var scope = NewDisposeScope();
        using var batch = Batch(golden, out var answers, out var labels);

        var loss = model.Loss(model.Hidden(batch, at: answers), labels) / (double)labels.size(0);
        loss.backward();

        var wanted = golden.GetProperty("full").GetProperty("summaries");
        model.Trained.Select(t => t.Name).Order().ShouldBe(wanted.EnumerateObject().Select(p => p.Name).Order());
        foreach (var (parameter, value) in model.Trained) Compare(parameter, value.grad!, wanted);
        output.WriteLine($"{name}: largest difference {worst:e1}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Greedy_continuations_equal_the_reference(string name)
    {
        var golden = Case(name);
        using var checkpoint = Make(golden);
        using var model = checkpoint.LoadTuned(Lora(golden), Seed(golden));
        var prompts = Sequences(golden).Zip(Lengths(golden), (s, l) => s[..l.Prompt]).ToArray();

        var wanted = golden.GetProperty("greedy").EnumerateArray().Select(a => a.EnumerateArray().Select(t => t.GetInt32()).ToArray()).ToArray();

        var written = new Generator(model).Greedy(prompts, wanted[0].Length, new HashSet<int>());

        for (var i = 0; i < wanted.Length; i++) written[i].ShouldBe(wanted[i], $"prompt {i}");
    }

    public static TheoryData<string> InBfloat16 => [.. Bfloat16.EnumerateObject().Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(InBfloat16))]
    public void In_bfloat16_we_are_as_close_to_float32_as_the_reference_is(string name)
    {
        var golden = Case(name);
        using var checkpoint = Make(golden);
        using var scope = NewDisposeScope();
        (double Loss, Tensor Logits, Tensor Gradients) Run(ScalarType type)
        {
            using var model = checkpoint.Load(new(Tune.Lora) { Lora = Lora(golden), Dtype = type });
            Checkpoint.Fill(model, Seed(golden));
            using var batch = Batch(golden, out var answers, out var labels);
            var hidden = model.Hidden(batch, at: answers);
            var logits = model.Logits(hidden);
            logits.dtype.ShouldBe(ScalarType.Float32); // on the CPU only weights are narrow
            var loss = model.Loss(hidden, labels) / (double)labels.size(0);
            loss.backward();
            return (loss.item<float>(), logits.detach(), cat([.. model.Trained.Select(t => t.Value.grad!.view(-1))]));
        }
        var (half, single) = (Run(ScalarType.BFloat16), Run(ScalarType.Float32));

        var theirs = Bfloat16.GetProperty(name);
        foreach (var (what, error) in new[]
        {
            ("logits", Numbers.Distance(half.Logits, single.Logits)), ("gradients", Numbers.Distance(half.Gradients, single.Gradients)),
        })
        {
            var wanted = theirs.GetProperty(what).GetDouble();
            output.WriteLine($"{name}, {what}: {error:f4} against {wanted:f4}");
            error.ShouldBeLessThan(1.35 * wanted, what);
        }
        Math.Abs(half.Loss - single.Loss).ShouldBeLessThan(0.005 * single.Loss);
    }

    [Fact]
    public void An_adapter_that_peft_wrote_gives_the_numbers_that_peft_got()
    {
        var golden = Case("dora");
        using var checkpoint = Make(golden);
        using var model = checkpoint.Load(new()
        {
            Adapter = Path.Combine(AppContext.BaseDirectory, "Families", "peft-dora"),
            KeepAdapterApart = true,
        });
        model.Options.Lora!.Dora.ShouldBeTrue();
        using var scope = NewDisposeScope();
        using var batch = Batch(golden, out _, out _);

        Compare("logits", model.Logits(model.Hidden(batch)), golden.GetProperty("summaries"));
        model.Merge();
        Compare("logits", model.Logits(model.Hidden(batch)), golden.GetProperty("summaries"));
    }

    static LoraOptions Lora(JsonElement golden)
    {
        var lora = golden.GetProperty("lora");
        return new(lora.GetProperty("r").GetInt32(), lora.GetProperty("alpha").GetDouble(), 0, lora.GetProperty("rs").GetBoolean())
        {
            Targets = [.. lora.GetProperty("targets").EnumerateArray().Select(t => t.GetString()!)],
            Dora = lora.TryGetProperty("dora", out var dora) && dora.GetBoolean(),
        };
    }

    /// <summary>Norm and three random projections; a projection of an error e is about ‖e‖, so this bounds the relative error.</summary>
    void Compare(string name, Tensor ours, JsonElement wanted)
    {
        using var scope = NewDisposeScope();
        var numbers = wanted.GetProperty(name).EnumerateArray().Select(n => n.GetDouble()).ToArray();
        var flat = ours.detach().to(ScalarType.Float64).reshape(-1);
        worst = Math.Max(worst, Math.Abs(flat.norm().item<double>() - numbers[0]) / numbers[0]);
        flat.norm().item<double>().ShouldBe(numbers[0], Tolerance * numbers[0], name);
        for (var j = 0; j < 3; j++)
        {
            var direction = Init.Normal(1).Make(flat.shape, SplitMix64.Key(20241 + (ulong)j, name)).to(ScalarType.Float64);
            var along = (flat * direction).sum().item<double>();
            worst = Math.Max(worst, Math.Abs(along - numbers[1 + j]) / numbers[0]);
            along.ShouldBe(numbers[1 + j], 3 * Tolerance * numbers[0], $"{name}, projection {j}");
        }
    }

    static JsonElement[] Read(string file) =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Families", file))).RootElement.GetProperty("cases")
            .EnumerateArray()];

    static JsonElement Case(string name) => Goldens.Single(c => c.GetProperty("name").GetString() == name);

    static ulong Seed(JsonElement golden) => golden.GetProperty("seed").GetUInt64();

    static Checkpoint Make(JsonElement golden) =>
        new(ModelConfig.FromJson(golden.GetProperty("config").GetRawText()), Seed(golden));

    static (int Prompt, int Answer)[] Lengths(JsonElement golden) =>
        [.. golden.GetProperty("lengths").EnumerateArray().Select(l => (l[0].GetInt32(), l[1].GetInt32()))];

    static int[][] Sequences(JsonElement golden)
    {
        var vocab = golden.GetProperty("config").GetProperty("vocab_size").GetUInt64();
        return [.. Lengths(golden).Select((l, i) => Enumerable.Range(0, l.Prompt + l.Answer)
            .Select(t => (int)(SplitMix64.At(SplitMix64.Key(Seed(golden), $"sequence {i}"), (ulong)t) % vocab)).ToArray())];
    }

    static PackedBatch Batch(JsonElement golden, out Tensor answers, out Tensor labels)
    {
        var (sequences, lengths) = (Sequences(golden), Lengths(golden));
        var batch = new PackedBatch(sequences);
        answers = tensor(lengths.SelectMany((l, i) => Enumerable.Range(batch.Starts[i] + l.Prompt - 1, l.Answer)).Select(r => (long)r).ToArray());
        labels = tensor(lengths.SelectMany((l, i) => sequences[i][l.Prompt..]).Select(t => (long)t).ToArray());
        return batch;
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using Shouldly;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>A real pretrained model against what transformers 5 and peft computed with it in double precision.</summary>
public sealed class SmolLm2Tests(ITestOutputHelper output)
{
    const int End = 2; // <|im_end|>

    [SmolLm2Fact]
    public void Texts_get_the_reference_s_ids()
    {
        var tokenizer = Tokenizer.Load(SmolLm2.Folder);
        foreach (var line in SmolLm2.Lines("tokens.jsonl"))
            tokenizer.Encode(line.GetProperty("text").GetString()!).ShouldBe(Ids(line.GetProperty("ids")), line.GetProperty("text").GetString());
    }

    [SmolLm2Fact]
    public void Hidden_states_scores_and_greedy_answers_are_the_reference_s()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLm.Load(SmolLm2.Folder);
        using var forward = new SafetensorsFile(SmolLm2.Reference("forward.safetensors"));
        var prompts = Prompts(forward);
        model.Config.EosTokenIds.ShouldBe([End]);
        using (no_grad())
            for (var row = 0; row < prompts.Length; row++)
            {
                using var part = NewDisposeScope();
                using var batch = new PackedBatch([prompts[row]]);
                var hidden = model.Hidden(batch);
                var logits = model.Logits(hidden);
                Close("embedding", model.Embed(batch.Ids)[^1], forward, $"row{row}.hidden.0", 1e-7);
                Close("hidden", hidden[^1], forward, $"row{row}.hidden.30_normed", 1e-5);
                Close("logits", logits[^1], forward, $"row{row}.last_logits", 5e-6);
                Close("logsumexp", logits.logsumexp(-1), forward, $"row{row}.logsumexp", 5e-6);
                logits.argmax(-1).data<long>().ToArray().ShouldBe(Integers(forward, $"row{row}.top1").Select(t => (long)t));
            }
        Greedy(model, "greedy.jsonl", prompts);
    }

    [SmolLm2Fact]
    public void An_adapter_of_peft_answers_and_learns_as_it_does_there()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLm.Load(SmolLm2.Folder, new(Tune.Lora) { Adapter = SmolLm2.Reference("adapter") });
        using var forward = new SafetensorsFile(SmolLm2.Reference("forward.safetensors"));
        using var step = new SafetensorsFile(SmolLm2.Reference("lora_step.safetensors"));
        var prompts = Prompts(forward);
        Greedy(model, "greedy_adapter.jsonl", prompts);

        var tokenizer = Tokenizer.Load(SmolLm2.Folder);
        int[][] answers = [.. SmolLm2.Lines("rows.jsonl").Select(r => (int[])[.. tokenizer.Encode(" " + r.GetProperty("target").GetString()), End])];
        using var batch = new PackedBatch([.. prompts.Zip(answers, (p, a) => (int[])[.. p, .. a])]);
        var at = tensor(answers.SelectMany((a, row) => a.Select((_, i) => (long)batch.Starts[row] + prompts[row].Length - 1 + i)).ToArray());
        var labels = answers.SelectMany(a => a).ToArray();
        var embeddings = model.Embed(batch.Ids).detach().requires_grad_();
        var hidden = model.Hidden(batch, embeddings, at);
        var logits = model.Logits(hidden);
        var loss = model.Loss(hidden, tensor(labels, dtype: ScalarType.Int64)) / labels.Length;
        loss.backward(retain_graph: true);
        model.Trained.Count(t => step.Tensors.ContainsKey(t.Name)).ShouldBe(3 * 7 * 2);
        // transformers takes the loss of its float64 scores in float32: that is how far the reference is from float64.
        Learned("", loss.detach(), (4e-6, 3.5e-5, 2e-4, 4e-6));

        foreach (var (_, value) in model.Trained) value.grad = null;
        embeddings.grad = null;
        var (mean, gradient) = LossOfSixteen(logits.detach(), labels);
        (logits * gradient).sum().backward();
        Learned(", transformers' loss", mean, (5e-7, 1e-5, 2e-5, 1.5e-6));
        foreach (var (kind, distance) in worst) output.WriteLine($"{kind}: {distance:e1}");

        void Learned(string how, Tensor loss, (double Loss, double Input, double Matrix, double Norm) most)
        {
            Close("loss" + how, loss.view(1), step, "loss", most.Loss);
            for (var row = 0; row < prompts.Length; row++)
                Close("input gradient" + how, embeddings.grad!.narrow(0, batch.Starts[row], batch.Starts[row + 1] - batch.Starts[row]), step,
                    $"row{row}.input_grad", most.Input);
            foreach (var (name, value) in model.Trained.Where(t => step.Tensors.ContainsKey(t.Name)))
                Close("gradient" + how, value.grad!, step, name, most.Matrix);
            Close("norm" + how, stack([.. model.Trained.Select(t => t.Value.grad!.norm())]).norm().view(1), step, "all_grad_norm", most.Norm);
        }
    }

    /// <summary>The mean loss and the gradient of the scores as PyTorch takes them where vectors have sixteen floats: each sums every sixteenth
    /// word of 49,152 in float32, one after another.</summary>
    static (Tensor Mean, Tensor Gradient) LossOfSixteen(Tensor logits, int[] labels)
    {
        const int Lanes = 16;
        var (scores, words) = (logits.data<float>().ToArray(), (int)logits.size(1));
        var (gradient, loss) = (new float[scores.Length], 0.0);
        for (var row = 0; row < labels.Length; row++)
        {
            var of = scores.AsSpan(row * words, words);
            var most = of.ToArray().Max();
            var sums = new float[Lanes];
            for (var w = 0; w < words; w++) sums[w % Lanes] += (float)Math.Exp(of[w] - most);
            for (var half = Lanes / 2; half > 0; half /= 2)
                for (var lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
            var log = (float)Math.Log(sums[0]);
            for (var w = 0; w < words; w++) gradient[row * words + w] = (float)Math.Exp(of[w] - most - log) / labels.Length;
            gradient[row * words + labels[row]] -= 1f / labels.Length;
            loss -= of[labels[row]] - most - log;
        }
        return (tensor((float)(loss / labels.Length)), tensor(gradient, logits.shape));
    }

    readonly SortedDictionary<string, double> worst = new(StringComparer.Ordinal);

    void Close(string kind, Tensor ours, SafetensorsFile file, string name, double tolerance)
    {
        var distance = Numbers.Distance(ours, MappedWeights.Copy(file, file.Tensors[name]));
        worst[kind] = Math.Max(distance, worst.GetValueOrDefault(kind));
        distance.ShouldBeLessThan(tolerance, name);
    }

    static void Greedy(CausalLm model, string reference, int[][] prompts)
    {
        int[][] wanted = [.. SmolLm2.Lines(reference).Select(l => Ids(l.GetProperty("new_ids")))];
        var written = new Generator(model).Greedy(prompts, wanted.Max(w => w.Length), new HashSet<int> { End });
        for (var row = 0; row < wanted.Length; row++) written[row].ShouldBe(wanted[row].TakeWhile(id => id != End), $"{reference}, row {row}");
    }

    static int[][] Prompts(SafetensorsFile forward) => [.. Enumerable.Range(0, 5).Select(row => Integers(forward, $"row{row}.ids"))];

    static int[] Integers(SafetensorsFile file, string name) =>
        MemoryMarshal.Cast<byte, int>(file.Bytes(file.Tensors[name], 0, (int)file.Tensors[name].Length)).ToArray();

    static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];
}

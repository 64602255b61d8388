using System.Text.Json;
using Shouldly;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Anit.Torch.Tests;

/// <summary>The operations give PyTorch's numbers: golden.json is made by golden.py, name for name.</summary>
public sealed class GoldenTests
{
    static readonly Dictionary<string, float[]> Golden =
        JsonSerializer.Deserialize<Dictionary<string, float[]>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden.json")))!;

    public static TheoryData<string> Names => [.. Golden.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_the_numbers_of_PyTorch(string operation)
    {
        using var scope = NewDisposeScope();
        var found = Operations.TryGetValue(operation, out var run) ? run() : throw new ArgumentException($"no operation '{operation}' here");
        var numbers = found.to(float32).contiguous().data<float>().ToArray();
        numbers.Length.ShouldBe(Golden[operation].Length);
        for (var i = 0; i < numbers.Length; i++) numbers[i].ShouldBe(Golden[operation][i], 2e-6 * Math.Max(1, Math.Abs(numbers[i])), $"element {i}");
    }

    static Tensor Wave(double step, double start, params long[] shape)
    {
        var count = shape.Aggregate(1L, (n, size) => n * size);
        return (arange(count, float64) * step + start).sin().to(float32).reshape(shape);
    }

    static Tensor A => Wave(0.7, 0, 3, 4);
    static Tensor B => Wave(0.3, 1, 3, 4);
    static Tensor M => Wave(0.5, 2, 4, 5);
    static Tensor X3 => Wave(0.9, 0.1, 2, 3, 4);
    static Tensor Y3 => Wave(0.4, 0.2, 2, 4, 3);
    static Tensor Q => Wave(0.31, 0, 1, 2, 5, 4);
    static Tensor K => Wave(0.23, 1, 1, 2, 5, 4);
    static Tensor V => Wave(0.17, 2, 1, 2, 5, 4);
    static Tensor I => tensor(new long[] { 2, 0, 2 });
    static Tensor Logits => Wave(1.3, 0.5, 4, 6) * 3;
    static Tensor Targets => tensor(new long[] { 1, 5, -100, 0 });
    static Tensor Mask => A > 0;

    static readonly Dictionary<string, Func<Tensor>> Operations = new()
    {
        ["add"] = () => A + B,
        ["sub"] = () => A - B,
        ["mul"] = () => A * B,
        ["div"] = () => A / B,
        ["div floor"] = () => A.div(B, RoundingMode.floor),
        ["scalar ops"] = () => 2 - 3 * A / 4 + 1,
        ["inverse"] = () => 1 / (A + 2),
        ["pow"] = () => (A + 2).pow(1.5),
        ["pow tensor"] = () => (A + 2).pow(B),
        ["remainder"] = () => A.remainder(0.3),
        ["exp"] = () => A.exp(),
        ["log"] = () => (A + 2).log(),
        ["sqrt"] = () => (A + 2).sqrt(),
        ["rsqrt"] = () => rsqrt(A + 2),
        ["sin"] = () => A.sin(),
        ["cos"] = () => A.cos(),
        ["tanh"] = () => A.tanh(),
        ["sigmoid"] = () => A.sigmoid(),
        ["round"] = () => (A * 10).round(),
        ["clamp"] = () => A.clamp((Scalar)(-0.5), (Scalar)0.25),
        ["addcmul"] = () => A.addcmul_(A, B, 0.5),
        ["matmul"] = () => A.matmul(M),
        ["bmm"] = () => X3.bmm(Y3),
        ["addmm"] = () => addmm(M[..3], A, M, 0.5f, 2),
        ["baddbmm"] = () => baddbmm(X3[TensorIndex.Ellipsis, ..3], X3, Y3),
        ["outer"] = () => A[0].outer(B[1]),
        ["sum"] = () => A.sum(),
        ["sum dim"] = () => A.sum(0),
        ["sum dims"] = () => X3.sum([0, 2], keepdim: true),
        ["mean"] = () => A.mean(),
        ["mean dims"] = () => X3.mean([1]),
        ["std"] = () => A.std(),
        ["var dim"] = () => A.var(1),
        ["norm"] = () => A.norm(),
        ["norm 1"] = () => A.norm(1f),
        ["norm dim"] = () => A.norm(1, keepdim: false),
        ["max values"] = () => A.max(1).values,
        ["argmax"] = () => A.argmax(1),
        ["all"] = () => Mask.all(0),
        ["index_select"] = () => A.index_select(0, I),
        ["masked_fill"] = () => A.masked_fill(Mask, -1),
        ["where"] = () => where(Mask, A, B),
        ["index_add"] = () => zeros(3, 4).index_add_(0, I, B, 2),
        ["tril"] = () => A.tril(),
        ["triu"] = () => A.triu(1),
        ["repeat_interleave"] = () => A.repeat_interleave(2, 0),
        ["slices"] = () => A[1.., TensorIndex.Slice(step: 2)],
        ["ellipsis"] = () => X3[TensorIndex.Ellipsis, -1],
        ["none"] = () => A[TensorIndex.Colon, TensorIndex.None, 1],
        ["index list"] = () => A[I, tensor(new long[] { 0, 1, 3 })],
        ["tensor index"] = () => A[Mask],
        ["silu"] = () => F.silu(A),
        ["gelu"] = () => F.gelu(A),
        ["gelu tanh"] = () => F.gelu(A, GELU.Approximate.tanh),
        ["softmax"] = () => F.softmax(A, 1),
        ["linear"] = () => F.linear(A, M.t(), M[0]),
        ["cross_entropy"] = () => F.cross_entropy(Logits, Targets),
        ["cross_entropy none"] = () => F.cross_entropy(Logits, Targets, reduction: nn.Reduction.None),
        ["cross_entropy sum smooth"] = () => F.cross_entropy(Logits, Targets, reduction: nn.Reduction.Sum, label_smoothing: 0.1),
        ["attention"] = () => F.scaled_dot_product_attention(Q, K, V),
        ["attention causal"] = () => F.scaled_dot_product_attention(Q, K, V, null, 0, true),
        ["bfloat16"] = () => A.bfloat16() * 3,
        ["float16"] = () => A.half(),
        ["int division"] = () => arange(7).div(2, RoundingMode.floor),
        ["arange"] = () => arange(1, 2, 0.25),
        ["randn seed 7"] = () => Seeded(7, () => randn(6)),
        ["rand seed 7"] = () => Seeded(7, () => rand(6)),
    };

    static Tensor Seeded(long seed, Func<Tensor> draw)
    {
        manual_seed(seed);
        return draw();
    }
}

using Shouldly;
using static TorchSharp.torch;

namespace Anit.Torch.Tests;

/// <summary>The fused operations against the same formulas, operation by operation on the tape, in float64.</summary>
public class FusedTests
{
    [Theory]
    [InlineData(5, 576, 0)]
    [InlineData(3, 40, 1)]  // a width that is no multiple of a vector, Gemma's weight
    [InlineData(1, 7, 0)]
    public void Norm_and_its_gradient_equal_the_formula(int rows, int width, int add)
    {
        using var scope = NewDisposeScope();
        var (x, w, dy, rest) = (Random(rows, width), Random(width), Random(rows, width), Random(rows, width));
        var (y, inverse) = Fused.RmsNorm(x, w, 1e-5, add);
        var dx = Fused.RmsNormBackward(dy, x, w, inverse, add, rest);

        var wide = Wide(x).requires_grad_();
        var expected = wide * (wide.square().mean([-1], true) + 1e-5).rsqrt() * (Wide(w) + add);
        (expected * Wide(dy)).sum().backward();
        Near(y, expected);
        Near(dx, wide.grad! + Wide(rest));
        Near(Fused.RmsNormBackward(dy, x, w, inverse, add, null), wide.grad!);
    }

    [Theory]
    [InlineData(5, 384, true, true)]
    [InlineData(3, 40, true, false)]
    [InlineData(1, 7, false, true)] // a width that is no multiple of a vector
    [InlineData(2, 50, false, false)]
    public void Layer_norm_of_a_sum_equals_the_formula(int rows, int width, bool residual, bool bias)
    {
        using var scope = NewDisposeScope();
        var (x, w, b) = (Random(rows, width) + 3, Random(width), Random(width));
        var (rest, added) = (residual ? Random(rows, width) : null, bias ? Random(width) : null);
        var sum = Wide(x);
        if (rest is not null) sum = sum + Wide(rest);
        if (added is not null) sum = sum + Wide(added);
        var centred = sum - sum.mean([-1], true);
        Near(Fused.LayerNorm(x, rest, added, w, b, 1e-12), centred * (centred.square().mean([-1], true) + 1e-12).rsqrt() * Wide(w) + Wide(b));
    }

    [Fact]
    public void Gelu_with_a_bias_equals_the_error_function()
    {
        using var scope = NewDisposeScope();
        foreach (var width in (int[])[64, 53])
        {
            var (x, bias) = (Random(40, width) * 4, Random(width));
            var expected = (Wide(x) + Wide(bias)).gelu();
            Fused.BiasGelu(x, bias);
            Near(x, expected);
            (x.to(ScalarType.Float64) - expected).abs().max().item<double>().ShouldBeLessThan(1e-6);
        }
    }

    [Theory]
    [InlineData(FusedActivation.Silu)]
    [InlineData(FusedActivation.GeluTanh)]
    public void Gate_and_its_gradients_equal_the_formula(FusedActivation activation)
    {
        using var scope = NewDisposeScope();
        var (g, u, dm) = (Random(7, 1003) * 6, Random(7, 1003), Random(7, 1003));
        var m = Fused.Gated(g, u, activation);
        var (wideG, wideU) = (Wide(g).requires_grad_(), Wide(u).requires_grad_());
        var act = activation == FusedActivation.Silu ? wideG * wideG.sigmoid()
            : wideG * 0.5 * (1 + ((wideG + wideG.pow(3) * 0.044715) * Math.Sqrt(2 / Math.PI)).tanh());
        var expected = act * wideU;
        (expected * Wide(dm)).sum().backward();

        Near(m, expected);
        var du = dm.clone();
        Near(Fused.GatedBackward(du, g, u, activation), wideG.grad!);
        Near(du, wideU.grad!);
    }

    [Fact]
    public void Gate_of_extreme_inputs_is_finite_and_right()
    {
        using var scope = NewDisposeScope();
        var g = tensor(new float[] { -1e30f, -200, -90, 0, 90, 200, 1e30f });
        var m = Fused.Gated(g, ones_like(g), FusedActivation.Silu);
        m.data<float>().ToArray()[3..].ShouldBe([0, 90, 200, 1e30f]);
        m.data<float>().ToArray()[..3].ShouldAllBe(v => Math.Abs(v) < 1e-6);
        Fused.Gated(tensor(new[] { float.NaN }), ones(1), FusedActivation.Silu).item<float>().ShouldBe(float.NaN);
    }

    [Fact]
    public void Rotation_turns_halves_of_heads_and_back()
    {
        using var scope = NewDisposeScope();
        var (x, angles) = (Random(6, 3 * 40), Random(6, 20) * 3);
        var (cos, sin) = (cat([angles.cos(), angles.cos()], -1).unsqueeze(1), angles.sin().unsqueeze(1));
        var turned = x.clone();
        Fused.Rotate(turned, cos, sin, 40);

        var heads = Wide(x).view(6, 3, 40);
        var (left, right) = (heads.narrow(-1, 0, 20), heads.narrow(-1, 20, 20));
        var (c, s) = (Wide(angles).cos().unsqueeze(1), Wide(angles).sin().unsqueeze(1));
        Near(turned, cat([left * c - right * s, right * c + left * s], -1).view(6, 120));
        Fused.Rotate(turned, cos, sin, 40, -1);
        Near(turned, Wide(x));
    }

    [Theory]
    [InlineData(9, 3, 64, int.MaxValue, false)]
    [InlineData(4, 4, 16, int.MaxValue, true)]  // only some rows are queries
    [InlineData(4, 1, 32, 5, false)]            // a window
    [InlineData(6, 2, 48, 70, true)]
    public void Attention_and_its_gradients_equal_the_formula(int heads, int keyHeads, int dim, int window, bool asked)
    {
        using var scope = NewDisposeScope();
        int[] lengths = [1, 17, 130, 48, 3];
        var (picture, at) = Heads(lengths, heads, keyHeads, dim, window, asked);
        int tokens = lengths.Sum(), rows = at.Length;
        var (q, k, v, go) =
            (Random(rows, heads * dim) * 2, Random(tokens, keyHeads * dim), Random(tokens, keyHeads * dim), Random(rows, heads * dim));
        var (o, sums) = Fused.Attention(q, k, v, picture);
        var (dq, dk, dv) = Fused.AttentionBackward(go, q, k, v, o, sums, picture);

        var (wq, wk, wv) = (Wide(q).requires_grad_(), Wide(k).requires_grad_(), Wide(v).requires_grad_());
        var expected = Attended(wq.view(rows, heads, dim), wk.view(tokens, keyHeads, dim), wv.view(tokens, keyHeads, dim), lengths, at, window,
            picture.Scale);
        (expected * Wide(go)).sum().backward();
        Near(o, expected);
        Near(dq, wq.grad!);
        Near(dk, wk.grad!);
        Near(dv, wv.grad!);
    }

    [Theory]
    [InlineData(6, 49_157, 3)]  // a vocabulary's width, and a rest
    [InlineData(3, 50_000, 30)] // one word has nearly all
    [InlineData(2, 5, 200)]     // beyond e^x's range
    [InlineData(1, 1, 1)]
    public void Cross_entropy_and_its_gradient_equal_the_formula_to_the_last_digits(int rows, int width, double spread)
    {
        using var scope = NewDisposeScope();
        var scores = Random(rows, width) * spread + 20;
        var targets = tensor([.. Enumerable.Range(0, rows).Select(r => r * 7919L % width)]);
        var (wide, untouched, dx) = (Wide(scores).requires_grad_(), scores.clone(), scores.clone());
        var sum = Fused.CrossEntropy(untouched, targets, gradient: false);
        Fused.CrossEntropy(dx, targets, gradient: true).item<double>().ShouldBe(sum.item<double>());

        untouched.equal(scores).all().item<bool>().ShouldBeTrue();
        var expected = nn.functional.cross_entropy(wide, targets, reduction: nn.Reduction.Sum);
        expected.backward();
        Math.Abs(sum.item<double>() / Math.Max(expected.item<double>(), 1e-30) - 1).ShouldBeLessThan(width == 1 ? 2 : 2e-7);
        ((Wide(dx) - wide.grad!).norm() / (wide.grad!.norm() + 1e-30)).item<double>().ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void Cross_entropy_refuses_targets_outside_and_passes_on_what_is_no_number()
    {
        using var scope = NewDisposeScope();
        Should.Throw<TorchException>(() => Fused.CrossEntropy(ones(2, 3), tensor([0L, 3]), true)).Message.ShouldContain("target 3");
        Should.Throw<TorchException>(() => Fused.CrossEntropy(ones(2, 3), tensor([0L]), true)).Message.ShouldContain("a target for each row");
        Fused.CrossEntropy(tensor(new[] { 1, float.NaN, 2 }).view(1, 3), tensor([0L]), false).item<double>().ShouldBe(double.NaN);
        Fused.CrossEntropy(tensor(new[] { 1, float.PositiveInfinity }).view(1, 2), tensor([0L]), false).item<double>().ShouldBe(double.NaN);
        Fused.CrossEntropy(tensor(new[] { 1, float.NegativeInfinity }).view(1, 2), tensor([0L]), false).item<double>().ShouldBe(0);
    }

    [Fact]
    public void Results_are_the_same_bits_on_one_thread_and_on_three()
    {
        using var scope = NewDisposeScope();
        int[] lengths = [33, 60, 7];
        var (picture, _) = Heads(lengths, 6, 3, 32, int.MaxValue, false);
        var (x, w) = (Random(100, 192) * 3, Random(192));
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = All();
            set_num_threads(3);
            foreach (var (a, b) in one.Zip(All())) a.bytes.SequenceEqual(b.bytes).ShouldBeTrue();
        }
        finally
        {
            set_num_threads(threads);
        }

        Tensor[] All()
        {
            var (y, inverse) = Fused.RmsNorm(x, w, 1e-6, 0);
            var kv = x.narrow(1, 0, 96).contiguous();
            var (o, sums) = Fused.Attention(x, kv, kv, picture);
            var (dq, dk, dv) = Fused.AttentionBackward(y, x, kv, kv, o, sums, picture);
            var scores = x.view(4, 4800).clone();
            var loss = Fused.CrossEntropy(scores, tensor([0L, 9, 4799, 7]), gradient: true);
            Tensor[] weights = [x.clone(), w.clone()], first = [x * 0.1, w * 0.1], second = [x.square(), w.square()];
            Fused.AdamW(weights, [x, w], first, second, [true, false], new(0.5, 0.9, 0.999, 0.3, 1e-8, 0.01, 0.99));
            return [.. weights, .. first, .. second, Fused.SquaredNorm([x, w]), x.matmul(x.t()), x.t().matmul(y),
                x.narrow(1, 0, 20).matmul(y.narrow(1, 0, 20).t()),
                y, inverse, Fused.RmsNormBackward(x, y, w, inverse, 0, null), Fused.Gated(x, y, FusedActivation.Silu), o, sums, dq, dk, dv,
                loss, scores];
        }
    }

    [Fact]
    public void A_step_of_AdamW_in_one_pass_is_the_operations_one_by_one_and_libtorch_s_own_for_all_tensors_together()
    {
        using var scope = NewDisposeScope();
        // More than a piece, less than a vector, and one that is not decayed.
        Tensor[] weights = [Random(301, 100), Random(3, 1), Random(50)], gradients = [Random(301, 100), Random(3, 1), Random(50)];
        Tensor[] first = [Random(301, 100), Random(3, 1), Random(50)],
            second = [Random(301, 100).square(), Random(3, 1).square(), Random(50).square()];
        bool[] decays = [true, true, false];
        var step = new AdamWStep(0.5, 0.9, 0.999, 0.3, 1e-8, 0.01, 0.99);
        Tensor[][] wide = [[.. weights.Select(Wide)], [.. first.Select(Wide)], [.. second.Select(Wide)]];
        Fused.AdamW(wide[0], [.. gradients.Select(Wide)], wide[1], wide[2], decays, step); // not float32: libtorch's own

        for (var i = 0; i < weights.Length; i++)
        {
            var g = Wide(gradients[i]) * 0.5;
            var (m, v) = (Wide(first[i]) * 0.9 + g * 0.1, Wide(second[i]) * 0.999 + g.square() * 0.001);
            Near(wide[0][i], Wide(weights[i]) * (decays[i] ? 0.99 : 1) - m / (v.sqrt() / 0.3 + 1e-8) * 0.01);
            Near(wide[1][i], m);
            Near(wide[2][i], v);
        }
        Fused.AdamW(weights, gradients, first, second, decays, step);
        Tensor[][] narrow = [weights, first, second];
        for (var i = 0; i < narrow.Length; i++) foreach (var (found, expected) in narrow[i].Zip(wide[i])) Near(found, expected);
        var squares = gradients.Sum(g => Wide(g).square().sum().item<double>());
        Fused.SquaredNorm(gradients).item<double>().ShouldBe(squares, 1e-6 * squares);
        Fused.SquaredNorm([.. gradients.Select(Wide)]).item<double>().ShouldBe(squares, 1e-9 * squares);
    }

    [Fact]
    public void Tensors_of_another_kind_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        Should.Throw<TorchException>(() => Fused.RmsNorm(ones(2, 4, dtype: ScalarType.Float64), ones(4), 1e-5, 0)).Message.ShouldContain("x must be");
        Should.Throw<TorchException>(() => Fused.RmsNorm(ones(4, 2).t(), ones(4), 1e-5, 0)).Message.ShouldContain("contiguous");
        Should.Throw<TorchException>(() => Fused.Gated(ones(3), ones(4), FusedActivation.Silu)).Message.ShouldContain("differ in size");
    }

    static (PackedHeads Picture, int[] At) Heads(int[] lengths, int heads, int keyHeads, int dim, int window, bool asked)
    {
        var starts = lengths.Aggregate(new List<long> { 0 }, (all, n) => { all.Add(all[^1] + n); return all; });
        int[] at = [.. Enumerable.Range(0, lengths.Sum()).Where(t => !asked || t % 3 == 1 || t == 0)];
        long[] queryStarts = [.. starts.Select(s => (long)at.Count(t => t < s))];
        long[] positions = [.. at.Select(t => t - starts.Last(s => s <= t && s < lengths.Sum()))];
        return (new(heads, keyHeads, dim, tensor([.. starts]), tensor(queryStarts), tensor(positions), window, 1 / Math.Sqrt(dim)), at);
    }

    static Tensor Attended(Tensor q, Tensor k, Tensor v, int[] lengths, int[] at, int window, double scale)
    {
        var rows = new List<Tensor>();
        for (var r = 0; r < at.Length; r++)
        {
            var start = 0;
            foreach (var length in lengths)
            {
                if (at[r] < start + length) break;
                start += length;
            }
            var low = (int)Math.Max(start, (long)at[r] - window + 1);
            var share = q.size(1) / k.size(1);
            var keys = k.narrow(0, low, at[r] + 1 - low).repeat_interleave(share, 1).transpose(0, 1); // (H, n, D)
            var values = v.narrow(0, low, at[r] + 1 - low).repeat_interleave(share, 1).transpose(0, 1);
            var p = (keys.matmul(q[r].unsqueeze(-1)) * scale).softmax(1);                            // (H, n, 1)
            rows.Add((p * values).sum([1L]).view(1, -1));
        }
        return cat([.. rows]);
    }

    static Tensor Random(params long[] shape) => randn(shape);

    static Tensor Wide(Tensor x) => x.to(ScalarType.Float64);

    static void Near(Tensor found, Tensor expected)
    {
        var apart = (Wide(found) - expected.detach()).abs().max().item<double>();
        apart.ShouldBeLessThan(2e-6 * (1 + expected.detach().abs().max().item<double>()));
    }
}

using Shouldly;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Anit.Torch.Tests;

/// <summary>The tape's gradients agree with finite differences, in double precision.</summary>
public sealed class GradientTests
{
    static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["a product"] = x => x.matmul(x.t()).sin(),
        ["softmax and entropy"] = x => F.cross_entropy(x, tensor(new long[] { 0, 2, 1 }), reduction: nn.Reduction.None),
        ["silu and gating"] = x => F.silu(x[.., ..2]) * x[.., 2..],
        ["gelu by tanh"] = x => F.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        ["root mean square norm"] = x => x * rsqrt(x.square().mean([-1], keepdim: true) + 1e-5),
        ["gathered rows"] = x => x.index_select(0, tensor(new long[] { 2, 0, 2 })).pow(3),
        ["attention"] = x => F.scaled_dot_product_attention(x.view(1, 1, 3, 4), x.view(1, 1, 3, 4) * 2, x.view(1, 1, 3, 4).cos(), null, 0, true),
        ["joined and split"] = x => cat([x.exp(), x], 1).split(3, 1)[1],
        ["a backward half of its own"] = x =>
        {
            var kept = x.detach();
            Tensor cube;
            using (no_grad()) cube = kept.pow(3);
            return Native.WithBackward(cube, [x], (grad, _) => [3 * kept.square() * grad], kept);
        },
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Agrees_with_finite_differences(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        var function = Functions[name];
        var x = randn(3, 4, float64, requires_grad: true);
        var weights = rand_like(function(x.detach()));
        var grad = autograd.grad([(function(x) * weights).sum()], [x])[0];

        const double Step = 1e-6;
        using var _ = no_grad();
        for (var i = 0; i < 12; i++)
        {
            var bump = zeros(12, float64).index_put_((Scalar)Step, TensorIndex.Single(i)).view(3, 4);
            var slope = ((function(x + bump) - function(x - bump)) * weights).sum().item<double>() / (2 * Step);
            grad.data<double>()[i].ShouldBe(slope, 1e-7 * Math.Max(1, Math.Abs(slope)) + 1e-8, $"element {i}");
        }
    }

    [Fact]
    public void A_tensor_that_is_not_used_has_no_gradient()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (ones(2, requires_grad: true), ones(2, requires_grad: true));
        autograd.grad([x.sum()], [x, y], allow_unused: true)[1].ShouldBeNull();
        Should.Throw<TorchException>(() => autograd.grad([x.sum()], [x, y])).Message.ShouldContain("appears to not have been used");
    }

    [Fact]
    public void Gradients_add_up_until_they_are_cleared()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        x.grad.ShouldBeNull();
        for (var i = 0; i < 3; i++) (x * 2).sum().backward();
        x.grad!.data<float>().ToArray().ShouldBe([6, 6]);
        x.grad = null;
        x.grad.ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_recorded_where_gradients_are_off()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            (x * 2).requires_grad.ShouldBeFalse();
            using (enable_grad()) (x * 2).requires_grad.ShouldBeTrue();
            is_grad_enabled().ShouldBeFalse();
        }
        using (inference_mode()) (x * 2).requires_grad.ShouldBeFalse();
        (x * 2).requires_grad.ShouldBeTrue();
    }

    [Fact]
    public void A_backward_half_is_told_which_gradients_are_asked_for()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (ones(2, 2, requires_grad: true), ones(2, 2, requires_grad: true));
        var asked = new List<bool[]>();
        Tensor Product() => Native.WithBackward(x.detach().mm(w.detach()), [x, w], (g, needed) =>
        {
            asked.Add(needed.ToArray());
            return [needed[0] ? g : null, needed[1] ? g : null];
        });
        autograd.grad([Product().sum()], [x]);
        autograd.grad([Product().sum()], [w]);
        Product().sum().backward();
        asked.ShouldBe([[true, false], [false, true], [true, true]]);
    }

    [Fact]
    public void What_a_backward_half_throws_arrives_with_its_message()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = Native.WithBackward(x.detach() * 2, [x], (_, _) => throw new InvalidOperationException("no gradient on Sundays"));
        Should.Throw<TorchException>(() => y.sum().backward()).Message.ShouldBe("no gradient on Sundays");
    }
}

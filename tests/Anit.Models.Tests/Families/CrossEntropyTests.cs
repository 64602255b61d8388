using Shouldly;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Anit.Models.Tests.Families;

/// <summary>The loss from hidden states, against libtorch's own operations on all scores at once, in float64.</summary>
public sealed class CrossEntropyTests
{
    [Theory]
    [InlineData(7, 61, null, false)]
    [InlineData(7, 61, 3.0, false)]
    [InlineData(7, 61, null, true)]
    [InlineData(7, 61, 3.0, true)]
    [InlineData(40, 61, 2.0, false)] // three blocks of rows
    public void Loss_and_gradients_are_those_of_the_operations_one_by_one(int rows, int words, double? cap, bool trained)
    {
        using var scope = NewDisposeScope();
        var (hidden, head, targets) = Inputs(rows, words);
        var wide = hidden.to(ScalarType.Float64).requires_grad_();
        var wideHead = head.to(ScalarType.Float64).requires_grad_(trained);
        var scores = functional.linear(wide, wideHead);
        if (cap is { } most) scores = (scores / most).tanh() * most;
        var expected = functional.cross_entropy(scores, targets, reduction: Reduction.Sum) * 0.25;
        expected.backward();

        hidden.requires_grad_();
        head.requires_grad_(trained);
        var loss = CrossEntropy.Sum(hidden, head, cap, targets, 16 * 61) * 0.25;
        loss.backward();

        Near(loss.detach(), expected.detach());
        Near(hidden.grad!, wide.grad!);
        if (trained) Near(head.grad!, wideHead.grad!);
        using (no_grad()) Near(CrossEntropy.Sum(hidden, head, cap, targets, 16 * 61) * 0.25, loss.detach());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2.0)]
    public void Where_there_are_no_kernels_of_ours_libtorchs_give_the_same(double? cap)
    {
        using var scope = NewDisposeScope();
        var (hidden, head, targets) = Inputs(7, 61);
        var scores = functional.linear(hidden, head);
        var (sum, gradient) = CrossEntropy.OnTape(scores, cap, targets, gradient: true);
        hidden.requires_grad_();
        var loss = CrossEntropy.Sum(hidden, head, cap, targets);
        loss.backward();
        Near(sum, loss.detach());
        Near(gradient.mm(head), hidden.grad!);
        Near(CrossEntropy.OnTape(scores, cap, targets, gradient: false).Sum, loss.detach());
    }

    [Fact]
    public void The_backward_pass_needs_neither_scores_nor_output_layer()
    {
        using var scope = NewDisposeScope();
        var (hidden, head, targets) = Inputs(7, 61);
        hidden.requires_grad_();
        var loss = CrossEntropy.Sum(hidden, head, null, targets);
        var wanted = autograd.grad([CrossEntropy.Sum(hidden, head, null, targets)], [hidden])[0];
        head.zero_();
        loss.backward();
        hidden.grad!.equal(wanted).all().item<bool>().ShouldBeTrue();
    }

    static (Tensor Hidden, Tensor Head, Tensor Targets) Inputs(int rows, int words) =>
        (Init.Normal(1).Make([rows, 16], 1), Init.Normal(1).Make([words, 16], 2),
            tensor([.. Enumerable.Range(0, rows).Select(r => r * 7919L % words)]));

    static void Near(Tensor found, Tensor expected) =>
        Numbers.Distance(found.to(ScalarType.Float64), expected.to(ScalarType.Float64)).ShouldBeLessThan(2e-6);
}

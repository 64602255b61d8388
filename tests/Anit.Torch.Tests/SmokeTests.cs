using Shouldly;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Anit.Torch.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void A_product_of_matrices_has_the_numbers_of_the_textbook()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]);
        var b = tensor(new float[] { 5, 6, 7, 8 }, [2, 2]);
        a.matmul(b).data<float>().ToArray().ShouldBe([19, 22, 43, 50]);
        (a * 2 + 1).data<float>().ToArray().ShouldBe([3, 5, 7, 9]);
        (1 - a).data<float>().ToArray().ShouldBe([0, -1, -2, -3]);
        a[1, 0].item<float>().ShouldBe(3);
        a[.., 1].data<float>().ToArray().ShouldBe([2, 4]);
    }

    [Fact]
    public void Errors_arrive_with_the_first_line_of_libtorch()
    {
        using var scope = NewDisposeScope();
        Should.Throw<TorchException>(() => zeros(2, 3).matmul(zeros(2, 3))).Message.ShouldContain("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
    }

    [Fact]
    public void Gradients_flow_through_a_small_network()
    {
        using var scope = NewDisposeScope();
        var w = tensor(new float[] { 1, 2, 3, 4 }, [2, 2], requires_grad: true);
        var x = tensor(new float[] { 1, 1 }, [1, 2]);
        F.cross_entropy(F.linear(x, w), tensor(new long[] { 1 })).backward();
        w.grad!.data<float>().ToArray().Select(g => Math.Round(g, 4)).ShouldBe([0.018, 0.018, -0.018, -0.018]);
    }
}

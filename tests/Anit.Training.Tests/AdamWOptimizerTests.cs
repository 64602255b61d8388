using Shouldly;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

public sealed class AdamWOptimizerTests
{
    /// <summary>torch.optim.AdamW([w], lr=0.05, weight_decay=0.1) and clip_grad_norm_(w, 2) of PyTorch 1.13.1, four steps.</summary>
    [Fact]
    public void Steps_and_clips_as_PyTorch_does()
    {
        using var scope = NewDisposeScope();
        Tensor Wave(double step, double start) => (arange(12, float64) * step + start).sin().to(float32).reshape(3, 4);
        using var w = new Parameter(Wave(0.7, 0));
        using var optimizer = new AdamWOptimizer([("w", w)], weightDecay: 0.1);
        var norms = new List<double>();
        for (var step = 0; step < 4; step++)
        {
            optimizer.Clear();
            ((w * Wave(0.3, 1)).sin() * (step + 1)).sum().backward();
            norms.Add(Math.Sqrt(optimizer.SquaredNorm().item<double>()));
            optimizer.Step(0.05, AdamWOptimizer.ClipFactor(norms[^1], 2));
        }
        double[] expected =
        [
            -0.1983507, 0.432711, 0.7668998, 0.6472246, 0.12985, -0.5421058, -1.052591, -1.161327, -0.4203335, 0.2148445, 0.8420368, 1.166029,
        ];
        for (var i = 0; i < 12; i++) w.detach().data<float>()[i / 4, i % 4].ShouldBe((float)expected[i], 2e-6f, $"element {i}");
        double[] expectedNorms = [2.0514068603515625, 4.150063991546631, 6.290844917297363, 8.467850685119629];
        norms.Zip(expectedNorms, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5);
    }
}

using Anit.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Anit.Models.Layers;

/// <summary>The loss of next words: -log softmax(scores)[target].</summary>
public static class CrossEntropy
{
    /// <summary>The sum over rows, one number in float32.</summary>
    /// <param name="scores">(R, V); computed in float32 whatever their type.</param>
    /// <param name="targets">The words that come, (R,), int64.</param>
    /// <remarks>On the CPU exact to float32's last digits whatever V is, see <see cref="Fused.CrossEntropy"/>.</remarks>
    public static Tensor Sum(Tensor scores, Tensor targets)
    {
        using var scope = NewDisposeScope();
        scores = scores.to(ScalarType.Float32);
        if (scores.device.type != DeviceType.CPU)
            return functional.cross_entropy(scores, targets, reduction: Reduction.Sum).MoveToOuterDisposeScope();

        Tensor sum, normals;
        var x = scores.detach().contiguous();
        using (no_grad()) (sum, normals) = Fused.CrossEntropy(x, targets);
        if (!is_grad_enabled() || !scores.requires_grad) return sum.MoveToOuterDisposeScope();
        var wanted = targets.alias();
        return Native.WithBackward(sum, [scores], (grad, _) => [Fused.CrossEntropyBackward(x, wanted, normals, grad.item<float>())],
            x, normals, wanted).MoveToOuterDisposeScope();
    }
}

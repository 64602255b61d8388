using Anit.Torch;
using static TorchSharp.torch;

namespace Anit.Models.Layers;

/// <summary>A layer whose backward pass computes it a second time instead of keeping its intermediate results.</summary>
/// <remarks>Chen et al. (2016), arXiv:1604.06174. Only the layer's input is kept. Gradients of the trained tensors are taken where
/// they are, so the layer needs no second copy of them.</remarks>
static class ActivationCheckpoint
{
    public static Tensor Forward(DecoderLayer layer, Tensor[] trained, Tensor x, Pass pass, bool last)
    {
        using var scope = NewDisposeScope();
        if (!x.requires_grad && trained.Length == 0) return layer.Forward(x, pass, last).MoveToOuterDisposeScope();

        Tensor y;
        using (no_grad()) y = layer.Forward(x, pass, last);
        var (input, seed) = (x.detach(), pass.Dropout?.Seed ?? 0);
        return Native.WithBackward(y, [x, .. trained], (grad, needed) =>
        {
            // A trainer may have set the next pass's seed by now; the masks must be those of this pass.
            using var replay = pass.Dropout?.Begin(seed);
            return Backward(leaf => layer.Forward(leaf, pass, last), input, trained, grad, needed);
        }, input).MoveToOuterDisposeScope();
    }

    static Tensor?[] Backward(Func<Tensor, Tensor> forward, Tensor x, Tensor[] trained, Tensor grad, ReadOnlySpan<bool> needed)
    {
        using var tape = enable_grad();
        Tensor[] inputs = [x.detach().requires_grad_(needed[0]), .. trained];
        List<int> wanted = [];
        for (var i = 0; i < inputs.Length; i++)
            if (needed[i]) wanted.Add(i);

        var found = autograd.grad([forward(inputs[0])], [.. wanted.Select(i => inputs[i])], [grad], allow_unused: true);
        var grads = new Tensor?[inputs.Length];
        for (var i = 0; i < wanted.Count; i++) grads[wanted[i]] = found[i];
        return grads;
    }
}

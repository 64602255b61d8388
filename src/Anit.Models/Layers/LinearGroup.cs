using static TorchSharp.torch;

namespace Anit.Models.Layers;

/// <summary>Linear layers over the same input, forward and backward without a tape; their low-rank updates share one thin product.</summary>
/// <param name="layers">The layers; frozen, with or without an update.</param>
/// <remarks>Shapes: x (R, in), outputs (R, out) each. With updates of ranks r₁, r₂, …, x is multiplied once by all A laid on one another, (Σr, in):
/// thin products run at a fraction of the machine. Where elements are dropped each update has an input of its own, and a product of its
/// own.</remarks>
sealed class LinearGroup(params Linear[] layers)
{
    readonly LoraLinear[] updated = [.. layers.OfType<LoraLinear>()];

    /// <summary>A and B of each update, in order: what gradients are for.</summary>
    public IEnumerable<Tensor> Trained => updated.SelectMany(l => (Tensor[])[l.A, l.B]);

    /// <summary>The layers' outputs, and what the updates' first halves gave, (R, r) each, for the backward half.</summary>
    public (Tensor[] Outputs, Tensor[] LowRank) Forward(Tensor x)
    {
        var lowRank = LowRank(x);
        var outputs = Array.ConvertAll(layers, l => l.BaseOutput(x));
        for (var (i, u) = (0, 0); i < layers.Length; i++)
            if (layers[i] is LoraLinear layer) outputs[i].addmm_(lowRank[u++], layer.B.t(), 1, (float)layer.Scale);
        return (outputs, lowRank);
    }

    /// <summary>The gradient of x, if asked for, and those of A and B of each update, if asked for, in the order of <see cref="Trained"/>.</summary>
    /// <param name="grads">Gradients of the outputs.</param>
    /// <param name="x">The input; null where no gradient of A is asked for.</param>
    /// <param name="lowRank">What the forward half gave.</param>
    /// <param name="ofInput">Whether the gradient of x is wanted.</param>
    public (Tensor? Input, Tensor[] Trained) Backward(Tensor[] grads, Tensor? x, Tensor[] lowRank, bool ofInput)
    {
        Tensor? dx = null;
        if (ofInput)
        {
            dx = WeightProduct.InputGradient(grads[0], layers[0].Weight);
            for (var i = 1; i < layers.Length; i++) WeightProduct.InputGradient(grads[i], layers[i].Weight, dx);
        }
        if (updated.Length == 0 || (!ofInput && x is null)) return (dx, []);

        var (dLowRank, dB) = (new Tensor[updated.Length], new Tensor[updated.Length]);
        for (var (i, u) = (0, 0); i < layers.Length; i++)
        {
            if (layers[i] is not LoraLinear layer) continue;
            dLowRank[u] = grads[i].mm(layer.B * layer.Scale);                                        // (R, r)
            if (x is not null) dB[u] = grads[i].t().mm(lowRank[u]).mul_(layer.Scale);                // (out, r)
            u++;
        }
        var dA = updated[0].Drops ? Dropped(dLowRank, x, dx) : Shared(dLowRank, x, dx);
        return (dx, x is null ? [] : [.. dA.SelectMany((a, u) => (Tensor[])[a, dB[u]])]);
    }

    Tensor[] LowRank(Tensor x)
    {
        if (updated.Length == 0) return [];
        if (updated[0].Drops)
        {
            return Array.ConvertAll(updated, l =>
            {
                using var dropped = l.Dropped(x); // as large as x: one at a time
                return dropped.mm(l.A.t());
            });
        }
        var all = x.mm(AllA().t()); // (R, Σr)
        return Slices(all, 1);
    }

    Tensor[] Shared(Tensor[] dLowRank, Tensor? x, Tensor? dx)
    {
        var all = dLowRank.Length == 1 ? dLowRank[0] : cat(dLowRank, 1); // (R, Σr)
        dx?.addmm_(all, AllA());
        return x is null ? [] : Slices(all.t().mm(x), 0);
    }

    Tensor[] Dropped(Tensor[] dLowRank, Tensor? x, Tensor? dx)
    {
        // The mask is a factor, so the gradient goes through the same one.
        for (var u = 0; dx is not null && u < updated.Length; u++)
        {
            using var whole = dLowRank[u].mm(updated[u].A);
            using var masked = updated[u].Dropped(whole);
            dx.add_(masked);
        }
        if (x is null) return [];
        var dA = new Tensor[updated.Length];
        for (var u = 0; u < updated.Length; u++)
        {
            using var dropped = updated[u].Dropped(x);
            dA[u] = dLowRank[u].t().mm(dropped);
        }
        return dA;
    }

    Tensor AllA() => updated.Length == 1 ? updated[0].A : cat([.. updated.Select(l => l.A)]);

    /// <summary>Each update's part of a tensor that has all ranks along a dimension.</summary>
    Tensor[] Slices(Tensor all, int dim)
    {
        long start = 0;
        return Array.ConvertAll(updated, l =>
        {
            var slice = all.narrow(dim, start, l.A.size(0));
            start += l.A.size(0);
            return slice;
        });
    }
}

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Anit.Training.Loop;

/// <summary>AdamW with decoupled weight decay, its whole state in the open so that a checkpoint holds it bit for bit.</summary>
/// <remarks>Loshchilov and Hutter (2019), arXiv:1711.05101, algorithm 2; the order of operations is PyTorch's. Vectors (norm
/// weights, biases) are not decayed.</remarks>
public sealed class AdamWOptimizer : IDisposable
{
    const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    readonly IReadOnlyList<(string Name, Parameter Value)> parameters;
    readonly double weightDecay;
    readonly Tensor[] first, second; // running means of g and g²

    /// <summary>Starts with zero state.</summary>
    public AdamWOptimizer(IReadOnlyList<(string Name, Parameter Value)> parameters, double weightDecay)
    {
        (this.parameters, this.weightDecay) = (parameters, weightDecay);
        first = [.. parameters.Select(p => zeros_like(p.Value, requires_grad: false).DetachFromDisposeScope())];
        second = [.. parameters.Select(p => zeros_like(p.Value, requires_grad: false).DetachFromDisposeScope())];
    }

    /// <summary>Steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>The running means under names a checkpoint can hold: "first.&lt;parameter&gt;" and "second.&lt;parameter&gt;".</summary>
    public IEnumerable<(string Name, Tensor Value)> State =>
        parameters.SelectMany((p, i) => new[] { ($"first.{p.Name}", first[i]), ($"second.{p.Name}", second[i]) });

    /// <summary>Continues from a checkpoint whose state has been copied into <see cref="State"/>.</summary>
    public void Resume(int steps) => Steps = steps;

    /// <summary>Σ g² over all parameters, one number where the gradients are.</summary>
    public Tensor SquaredNorm()
    {
        using var scope = NewDisposeScope();
        using var free = no_grad();
        Tensor[] squares = [.. parameters.Where(p => p.Value.grad is not null).Select(p => p.Value.grad!.to(ScalarType.Float32).square().sum())];
        return (squares.Length == 0 ? zeros(1, device: first[0].device).sum() : stack(squares).sum()).MoveToOuterDisposeScope();
    }

    /// <summary>Scales gradients whose norm is <paramref name="norm"/> down to <paramref name="most"/> if it is larger.</summary>
    public void Clip(double norm, double most)
    {
        if (norm <= most) return;
        using var scope = NewDisposeScope();
        using var free = no_grad();
        foreach (var (_, value) in parameters) value.grad?.mul_(most / (norm + 1e-6));
    }

    /// <summary>One update with the gradients as they are.</summary>
    public void Step(double learningRate)
    {
        Steps++;
        using var scope = NewDisposeScope();
        using var free = no_grad();
        var correction1 = 1 - Math.Pow(Beta1, Steps);
        var correction2 = Math.Sqrt(1 - Math.Pow(Beta2, Steps));
        for (var i = 0; i < parameters.Count; i++)
        {
            var p = parameters[i].Value;
            if (p.grad is not { } g) continue;
            if (p.ndim >= 2) p.mul_(1 - learningRate * weightDecay);
            first[i].mul_(Beta1).add_(g, 1 - Beta1);
            second[i].mul_(Beta2).addcmul_(g, g, 1 - Beta2);
            var scale = (second[i].sqrt() / correction2).add_(Epsilon);
            p.addcdiv_(first[i], scale, -learningRate / correction1);
        }
    }

    /// <summary>Forgets all gradients.</summary>
    public void Clear()
    {
        foreach (var (_, value) in parameters) value.grad = null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var t in first) t.Dispose();
        foreach (var t in second) t.Dispose();
    }
}

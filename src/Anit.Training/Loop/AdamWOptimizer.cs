using Anit.Torch;
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
    readonly Tensor gradients;       // of all parameters, in one piece: made between activations they would leave holes where those were

    /// <summary>Starts with zero state.</summary>
    public AdamWOptimizer(IReadOnlyList<(string Name, Parameter Value)> parameters, double weightDecay)
    {
        (this.parameters, this.weightDecay) = (parameters, weightDecay);
        first = [.. parameters.Select(p => zeros_like(p.Value, requires_grad: false).DetachFromDisposeScope())];
        second = [.. parameters.Select(p => zeros_like(p.Value, requires_grad: false).DetachFromDisposeScope())];
        gradients = zeros(parameters.Sum(p => p.Value.numel()), dtype: parameters[0].Value.dtype, device: parameters[0].Value.device)
            .DetachFromDisposeScope();
        Clear();
    }

    /// <summary>Steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>The running means under names a checkpoint can hold: "first.&lt;parameter&gt;" and "second.&lt;parameter&gt;".</summary>
    public IEnumerable<(string Name, Tensor Value)> State =>
        parameters.SelectMany((p, i) => new[] { ($"first.{p.Name}", first[i]), ($"second.{p.Name}", second[i]) });

    /// <summary>The gradients of all parameters in one piece, contiguous: what several processes sum.</summary>
    public Tensor Gradients => gradients;

    /// <summary>Continues from a checkpoint whose state has been copied into <see cref="State"/>.</summary>
    public void Resume(int steps) => Steps = steps;

    /// <summary>Σ g² over all parameters, one number where the gradients are.</summary>
    public Tensor SquaredNorm()
    {
        using var free = no_grad();
        return Fused.SquaredNorm([.. parameters.Select(p => p.Value.grad!)]);
    }

    /// <summary>What gradients whose norm is <paramref name="norm"/> are to be multiplied by, so that it is at
    /// most <paramref name="most"/>.</summary>
    public static double ClipFactor(double norm, double most) => norm > most ? most / (norm + 1e-6) : 1;

    /// <summary>One update with the gradients times a factor.</summary>
    public void Step(double learningRate, double gradientFactor = 1)
    {
        Steps++;
        using var scope = NewDisposeScope();
        using var free = no_grad();
        Fused.AdamW([.. parameters.Select(p => p.Value)], [.. parameters.Select(p => p.Value.grad!)], first, second,
            [.. parameters.Select(p => p.Value.ndim >= 2)],
            new(gradientFactor, Beta1, Beta2, Math.Sqrt(1 - Math.Pow(Beta2, Steps)), Epsilon, learningRate / (1 - Math.Pow(Beta1, Steps)),
                1 - learningRate * weightDecay));
    }

    /// <summary>Forgets all gradients: they are zero, in memory that stays.</summary>
    public void Clear()
    {
        using var scope = NewDisposeScope();
        using var free = no_grad();
        gradients.zero_();
        long start = 0;
        foreach (var (_, value) in parameters)
        {
            var count = value.numel();
            value.grad = gradients.narrow(0, start, count).view(value.shape);
            start += count;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var t in first) t.Dispose();
        foreach (var t in second) t.Dispose();
        foreach (var (_, value) in parameters) value.grad = null;
        gradients.Dispose();
    }
}

using Anit.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models.Layers;

/// <summary>Products with a frozen weight whose element type may be narrower than the activations': bfloat16 as it lies in the file, activations in
/// float32.</summary>
/// <remarks>Where the types differ and the processor multiplies bfloat16 itself, the activations are rounded to it for the product, which is
/// then twice as fast. Elsewhere the weight is widened a block of rows at a time, into memory that stays in the cache: no float32 copy of the model.
/// Sums are float32's either way; libtorch's own bfloat16 products round each of them, and are slow on processors without instructions for them.
/// Shapes: x (R, in), W (out, in).</remarks>
static class WeightProduct
{
    const int BlockElements = 1 << 17; // half a mebibyte once widened

    /// <summary>x Wᵀ + b, (R, out); on the tape if x is.</summary>
    public static Tensor Forward(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (x.dtype == weight.dtype) return linear(x, weight, bias);

        using var scope = NewDisposeScope();
        if (!is_grad_enabled() || !x.requires_grad) return Widened(x, weight, bias).MoveToOuterDisposeScope();
        Tensor y;
        using (no_grad()) y = Widened(x, weight, bias);
        return Native.WithBackward(y, [x], (dy, _) => [InputGradient(dy, weight)]).MoveToOuterDisposeScope();
    }

    /// <summary>dy W, (R, in): the gradient of x; added to <paramref name="into"/> if that is given.</summary>
    public static Tensor InputGradient(Tensor dy, Tensor weight, Tensor? into = null)
    {
        if (dy.dtype == weight.dtype) return into is null ? dy.mm(weight) : into.addmm_(dy, weight);

        if (Rounds(dy, weight))
        {
            var sum = into ?? empty(dy.size(0), weight.size(1), dtype: dy.dtype, device: dy.device);
            Native.BFloat16Product(sum, dy, weight, transposed: false, beta: into is null ? 0 : 1);
            return sum;
        }
        var dx = into ?? zeros(dy.size(0), weight.size(1), dtype: dy.dtype, device: dy.device);
        ByBlock(weight, dy.dtype, (rows, start, count) => dx.addmm_(dy.narrow(1, start, count), rows));
        return dx;
    }

    static Tensor Widened(Tensor x, Tensor weight, Tensor? bias)
    {
        var y = empty(x.size(0), weight.size(0), dtype: x.dtype, device: x.device);
        if (Rounds(x, weight)) Native.BFloat16Product(y, x, weight, transposed: true, beta: 0);
        else ByBlock(weight, x.dtype, (rows, start, count) =>
        {
            using var part = y.narrow(1, start, count);
            part.addmm_(x, rows.t(), 0, 1); // a factor of 0: what was in the new memory is not read
        });
        return bias is null ? y : y.add_(bias);
    }

    static bool Rounds(Tensor x, Tensor weight) =>
        Native.HasBFloat16Product && weight.dtype == ScalarType.BFloat16 && x.dtype == ScalarType.Float32
        && weight.device.type == TorchSharp.DeviceType.CPU;

    static void ByBlock(Tensor weight, ScalarType dtype, Action<Tensor, long, long> product)
    {
        var size = Math.Max(1, BlockElements / weight.size(1));
        for (long start = 0; start < weight.size(0); start += size)
        {
            using var block = NewDisposeScope();
            var count = Math.Min(size, weight.size(0) - start);
            product(weight.narrow(0, start, count).to(dtype), start, count);
        }
    }
}

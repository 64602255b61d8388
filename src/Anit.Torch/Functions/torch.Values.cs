using System.Runtime.InteropServices;

namespace TorchSharp;

// Tensors from values: the same family for every element type. The values are copied.
public static partial class torch
{
    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<bool>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    public static Tensor tensor(bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Tensor.FromSpan<bool>(rawArray, dimensions, dtype, device, requires_grad);
    public static Tensor tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<bool>(AsSpan(rawArray), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan([scalar], [], null, device, requires_grad);
    public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<int>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    public static Tensor tensor(int[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Tensor.FromSpan<int>(rawArray, dimensions, dtype, device, requires_grad);
    public static Tensor tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<int>(AsSpan(rawArray), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<long>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    public static Tensor tensor(long[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Tensor.FromSpan<long>(rawArray, dimensions, dtype, device, requires_grad);
    public static Tensor tensor(IList<long> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<long>(AsSpan(rawArray), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(float scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<float>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Tensor.FromSpan<float>(rawArray, dimensions, dtype, device, requires_grad);
    public static Tensor tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<float>(AsSpan(rawArray), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<double>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Tensor.FromSpan<double>(rawArray, dimensions, dtype, device, requires_grad);
    public static Tensor tensor(IList<double> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<double>(AsSpan(rawArray), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(Half scalar, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan([scalar], [], null, device, requires_grad);
    public static Tensor tensor(Half[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<Half>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    public static Tensor tensor(Half[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Tensor.FromSpan<Half>(rawArray, dimensions, dtype, device, requires_grad);
    public static Tensor tensor(IList<Half> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor.FromSpan<Half>(AsSpan(rawArray), [rawArray.Count], dtype, device, requires_grad);

    static ReadOnlySpan<T> AsSpan<T>(IList<T> list) => list switch
    {
        T[] array => array,
        List<T> items => CollectionsMarshal.AsSpan(items),
        _ => list.ToArray(),
    };
}

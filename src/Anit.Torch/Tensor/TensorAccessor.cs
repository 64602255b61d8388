using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor on the CPU, in the order of its dimensions whatever its strides.</summary>
public sealed class TensorAccessor<T> : IEnumerable<T>, IDisposable where T : unmanaged
{
    readonly torch.Tensor tensor;
    readonly nint data;
    readonly long[] shape;
    readonly long[] strides;
    readonly bool dense;

    internal TensorAccessor(torch.Tensor tensor)
    {
        this.tensor = tensor;
        data = torch.Tensor.Address(tensor);
        shape = tensor.shape;
        strides = tensor.stride();
        dense = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
    }

    /// <summary>How many elements there are.</summary>
    public long Count { get; }

    /// <summary>The element at a position in the order of the dimensions.</summary>
    public unsafe T this[long index]
    {
        get => *At(Offset(index));
        set => *At(Offset(index)) = value;
    }

    /// <summary>The element at these coordinates.</summary>
    public unsafe T this[params long[] indices]
    {
        get => *At(Offset(indices));
        set => *At(Offset(indices)) = value;
    }

    /// <summary>A copy of all elements.</summary>
    public unsafe T[] ToArray()
    {
        var all = new T[Count];
        if (dense) new ReadOnlySpan<T>((void*)data, all.Length).CopyTo(all);
        else for (var i = 0; i < all.Length; i++) all[i] = *At(Offset(i));
        GC.KeepAlive(tensor);
        return all;
    }

    /// <summary>Copies all elements into an array.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        for (var i = tensorIndex; i < Count; i++) array[arrayIndex++] = this[i];
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Does nothing: the tensor belongs to whoever asked for its data.</summary>
    public void Dispose() { }

    unsafe T* At(long offset)
    {
        ObjectDisposedException.ThrowIf(tensor.IsInvalid, tensor);
        return (T*)data + offset;
    }

    long Offset(long index)
    {
        if ((ulong)index >= (ulong)Count) throw new ArgumentOutOfRangeException(nameof(index), index, $"the tensor has {Count} elements");
        if (dense) return index;
        long offset = 0;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            (index, var coordinate) = Math.DivRem(index, shape[d]);
            offset += coordinate * strides[d];
        }
        return offset;
    }

    long Offset(long[] indices)
    {
        if (indices.Length != shape.Length) throw new ArgumentException($"{indices.Length} coordinates given for {shape.Length} dimensions");
        long offset = 0;
        for (var d = 0; d < shape.Length; d++)
        {
            if ((ulong)indices[d] >= (ulong)shape[d]) 
                throw new ArgumentOutOfRangeException(nameof(indices), indices[d], $"dimension {d} has size {shape[d]}");
            offset += indices[d] * strides[d];
        }
        return offset;
    }
}

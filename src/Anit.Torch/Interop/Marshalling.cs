using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Anit.Torch;

namespace TorchSharp;

/// <summary>A tensor crosses as its handle, is kept alive over the call, and a null result is the shim's error, thrown here.</summary>
[CustomMarshaller(typeof(torch.Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(In))]
[CustomMarshaller(typeof(torch.Tensor), MarshalMode.ManagedToUnmanagedOut, typeof(Out))]
static class TensorMarshaller
{
    internal ref struct In
    {
        torch.Tensor? tensor;

        public void FromManaged(torch.Tensor? managed) => tensor = managed;

        public readonly nint ToUnmanaged() => tensor is null ? 0 : tensor.Handle;

        public readonly void OnInvoked() => GC.KeepAlive(tensor);

        public readonly void Free() { }
    }

    internal static class Out
    {
        public static torch.Tensor ConvertToManaged(nint handle) => handle != 0 ? new torch.Tensor(handle) : throw Shim.LastError();
    }
}

/// <summary>What a call without a tensor result returns: negative means an error, which is thrown.</summary>
[NativeMarshalling(typeof(StatusMarshaller))]
readonly record struct Status(long Value)
{
    public bool IsTrue => Value != 0;
}

[CustomMarshaller(typeof(Status), MarshalMode.ManagedToUnmanagedOut, typeof(StatusMarshaller))]
static class StatusMarshaller
{
    public static Status ConvertToManaged(int value) => value >= 0 ? new Status(value) : throw Shim.LastError();
}

/// <summary>A count of results waiting in the shim; negative means an error, which is thrown.</summary>
[NativeMarshalling(typeof(CountMarshaller))]
readonly record struct Count(long Value)
{
    /// <summary>Takes the waiting tensors over; an undefined one (an unused gradient) is null.</summary>
    public unsafe torch.Tensor?[] Take()
    {
        var handles = new nint[Value];
        fixed (nint* p = handles) Shim.anit_take_results(p);
        return Array.ConvertAll(handles, h => h == 0 ? null : new torch.Tensor(h));
    }

    public torch.Tensor[] TakeAll() => Take()!;

    public (torch.Tensor, torch.Tensor) TakePair() =>
        Take() is [{ } first, { } second] ? (first, second) : throw new TorchException("libtorch gave no pair");
}

[CustomMarshaller(typeof(Count), MarshalMode.ManagedToUnmanagedOut, typeof(CountMarshaller))]
static class CountMarshaller
{
    public static Count ConvertToManaged(long value) => value >= 0 ? new Count(value) : throw Shim.LastError();
}

/// <summary>Sizes, strides or dimensions: a span, pinned for the call.</summary>
[NativeMarshalling(typeof(LongsMarshaller))]
readonly ref struct Longs(ReadOnlySpan<long> values)
{
    public readonly ReadOnlySpan<long> Values = values;

    public static implicit operator Longs(ReadOnlySpan<long> values) => new(values);

    public static implicit operator Longs(long[] values) => new(values);
}

[CustomMarshaller(typeof(Longs), MarshalMode.ManagedToUnmanagedIn, typeof(LongsMarshaller))]
unsafe ref struct LongsMarshaller
{
    ReadOnlySpan<long> values;

    public void FromManaged(Longs managed) => values = managed.Values;

    public readonly ref long GetPinnableReference() => ref MemoryMarshal.GetReference(values);

    public readonly long* ToUnmanaged() => (long*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values));

    public readonly void Free() { }
}

/// <summary>A list of tensors, each possibly absent, kept alive over the call; the default value is no list at all.</summary>
[NativeMarshalling(typeof(TensorsMarshaller))]
readonly struct Tensors(IReadOnlyList<torch.Tensor?> items)
{
    public IReadOnlyList<torch.Tensor?> Items { get; } = items;

    public int Length => Items.Count;

    public static implicit operator Tensors(torch.Tensor?[] items) => new(items);

    public static Tensors Of(IEnumerable<torch.Tensor>? items) => new(items as IReadOnlyList<torch.Tensor> ?? items?.ToArray() ?? []);
}

[CustomMarshaller(typeof(Tensors), MarshalMode.ManagedToUnmanagedIn, typeof(TensorsMarshaller))]
unsafe ref struct TensorsMarshaller
{
    IReadOnlyList<torch.Tensor?> items;
    nint[]? handles;

    public void FromManaged(Tensors managed)
    {
        items = managed.Items ?? [];
        if (managed.Items is null) return;
        handles = new nint[items.Count];
        for (var i = 0; i < handles.Length; i++) handles[i] = items[i]?.Handle ?? 0;
    }

    public readonly ref nint GetPinnableReference() =>
        ref handles is null ? ref Unsafe.NullRef<nint>() : ref MemoryMarshal.GetArrayDataReference(handles);

    public readonly nint* ToUnmanaged() => (nint*)Unsafe.AsPointer(ref GetPinnableReference());

    public readonly void OnInvoked() => GC.KeepAlive(items);

    public readonly void Free() { }
}

/// <summary>A generator crosses as its handle; none means the device's default one.</summary>
[CustomMarshaller(typeof(torch.Generator), MarshalMode.ManagedToUnmanagedIn, typeof(GeneratorMarshaller))]
ref struct GeneratorMarshaller
{
    torch.Generator? generator;

    public void FromManaged(torch.Generator? managed) => generator = managed;

    public readonly nint ToUnmanaged() => generator?.Handle ?? 0;

    public readonly void OnInvoked() => GC.KeepAlive(generator);

    public readonly void Free() { }
}

/// <summary>C's bool, one byte.</summary>
readonly struct Flag(bool value)
{
    readonly byte value = value ? (byte)1 : (byte)0;

    public static implicit operator Flag(bool value) => new(value);
}

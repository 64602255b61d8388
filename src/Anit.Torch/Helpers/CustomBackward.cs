using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace Anit.Torch;

/// <summary>The backward half of an operation written here: from the gradient of the output to those of the inputs.</summary>
/// <param name="grad">The gradient of the output.</param>
/// <param name="needed">For each input, whether its gradient is asked for in this pass.</param>
/// <returns>A gradient, or null, for each input.</returns>
public delegate Tensor?[] BackwardFunction(Tensor grad, ReadOnlySpan<bool> needed);

public static partial class Native
{
    /// <summary>Makes <paramref name="output"/>, computed without a tape, a function of the inputs for the tape.</summary>
    /// <param name="output">What the operation computed.</param>
    /// <param name="inputs">What it was computed from.</param>
    /// <param name="backward">Runs without a tape, at each backward pass that needs it, in a scope of its own.</param>
    /// <param name="kept">Tensors the backward half needs; taken out of their scopes now and disposed with the graph. Detach inputs before
    /// keeping them, or the graph keeps itself alive.</param>
    /// <returns>A tensor that shares memory with <paramref name="output"/>.</returns>
    public static unsafe Tensor WithBackward(Tensor output, IReadOnlyList<Tensor> inputs, BackwardFunction backward, params Tensor[] kept)
    {
        var sources = inputs.Select(t => t.Handle).ToArray();
        foreach (var tensor in kept) tensor.DetachFromDisposeScope();
        var state = GCHandle.Alloc(new Node(backward, kept));
        fixed (nint* p = sources)
        {
            var made = anit_attach_backward(output.Handle, p, sources.Length, &Node.Run, &Node.Release, GCHandle.ToIntPtr(state));
            GC.KeepAlive(inputs);
            GC.KeepAlive(output);
            return made != 0 ? Tensor.UnsafeCreateTensor(made) : throw NativeLibraries.LastError();
        }
    }

    [LibraryImport(NativeLibraries.Shim)]
    private static unsafe partial nint anit_attach_backward(nint output, nint* inputs, int count,
        delegate* unmanaged<nint, nint, byte*, nint*, int, byte*, int, int> run, delegate* unmanaged<nint, void> release, nint state);

    [LibraryImport(NativeLibraries.Shim, EntryPoint = "anit_alias")] private static partial nint Alias(nint tensor);

    /// <summary>What a node of the graph holds on this side.</summary>
    sealed class Node(BackwardFunction backward, Tensor[] kept)
    {
        [UnmanagedCallersOnly]
        internal static unsafe int Run(nint state, nint grad, byte* needed, nint* made, int count, byte* why, int room)
        {
            try
            {
                using var scope = NewDisposeScope();
                using var quiet = no_grad();
                var wanted = MemoryMarshal.Cast<byte, bool>(new ReadOnlySpan<byte>(needed, count));
                var node = (Node)GCHandle.FromIntPtr(state).Target!;
                var grads = node.Backward(Tensor.UnsafeCreateTensor(Alias(grad)), wanted);
                for (var i = 0; i < count; i++)
                    if (wanted[i] && grads[i] is { } one) made[i] = Alias(one.Handle);
                return 0;
            }
#pragma warning disable CA1031 // no exception may cross into C++: it travels as text and is thrown again on the other side
            catch (Exception e)
#pragma warning restore CA1031
            {
                var text = Encoding.UTF8.GetBytes(e.Message);
                var length = Math.Min(text.Length, room - 1);
                text.AsSpan(0, length).CopyTo(new Span<byte>(why, length));
                why[length] = 0;
                return -1;
            }
        }

        [UnmanagedCallersOnly]
        internal static void Release(nint state)
        {
            var handle = GCHandle.FromIntPtr(state);
            ((Node)handle.Target!).Free();
            handle.Free();
        }

        Tensor?[] Backward(Tensor grad, ReadOnlySpan<bool> needed) => backward(grad, needed);

        void Free()
        {
            foreach (var tensor in kept) tensor.Dispose();
        }
    }
}

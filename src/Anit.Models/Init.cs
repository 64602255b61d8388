using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>What a fresh tensor holds. The numbers depend on the seed, the tensor's name and the shape, never on threads.</summary>
/// <param name="Fill">Writes elements first, first + 1 ... of the stream with that key.</param>
public sealed record Init(Init.Filler Fill)
{
    const long Chunk = 1 << 18; // elements a worker fills at a time; even, so that no Box-Muller pair is torn

    /// <summary>Writes the elements from <paramref name="first"/> on.</summary>
    public delegate void Filler(ulong key, long first, Span<float> into);

    /// <summary>All zero.</summary>
    public static Init Zeros { get; } = new((_, _, into) => into.Clear());

    /// <summary>All one.</summary>
    public static Init Ones { get; } = new((_, _, into) => into.Fill(1));

    /// <summary>Uniform in [-bound, bound).</summary>
    public static Init Uniform(double bound) => new((key, first, into) =>
    {
        for (var i = 0; i < into.Length; i++)
            into[i] = (float)(bound * (2 * Unit(SplitMix64.At(key, (ulong)(first + i))) - 1));
    });

    /// <summary>Normal with mean 0, by Box and Muller's transform.</summary>
    public static Init Normal(double deviation) => new((key, first, into) =>
    {
        for (var i = 0; i < into.Length; i += 2)
        {
            var bits = SplitMix64.At(key, (ulong)(first + i) / 2);
            var radius = deviation * Math.Sqrt(-2 * Math.Log(((uint)bits + 0.5) / 4294967296.0));
            var (sin, cos) = Math.SinCos(2 * Math.PI * (uint)(bits >> 32) / 4294967296.0);
            into[i] = (float)(radius * cos);
            if (i + 1 < into.Length) into[i + 1] = (float)(radius * sin);
        }
    });

    /// <summary>PyTorch's default for a linear layer and PEFT's for lora_A: uniform within sqrt(6 / ((1 + a²) inputs)).</summary>
    public static Init KaimingUniform(long inputs, double a) => Uniform(Math.Sqrt(6 / ((1 + a * a) * inputs)));

    /// <summary>A new float32 tensor on the CPU.</summary>
    internal Tensor Make(long[] shape, ulong key)
    {
        var tensor = empty(shape, ScalarType.Float32);
        var flat = tensor.view(-1);
        var count = flat.numel();
        Parallel.For(0, (count + Chunk - 1) / Chunk, c =>
        {
            using var part = flat.narrow(0, c * Chunk, Math.Min(Chunk, count - c * Chunk));
            Fill(key, c * Chunk, MemoryMarshal.Cast<byte, float>(part.bytes));
        });
        return tensor;
    }

    static double Unit(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}

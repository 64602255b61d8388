using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>A number handed to an operation: whole, floating or boolean.</summary>
/// <remarks>A value here, so that <c>x * 0.5</c> allocates nothing; TorchSharp's is a class with the same conversions.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Scalar : IDisposable
{
    readonly long bits;
    readonly int kind; // 0 whole, 1 floating, 2 boolean: as in native/anit_torch.h

    Scalar(long bits, int kind) => (this.bits, this.kind) = (bits, kind);

    /// <summary>The element type the number would have as a tensor of its own.</summary>
    public torch.ScalarType Type => kind switch { 0 => torch.ScalarType.Int64, 1 => torch.ScalarType.Float64, _ => torch.ScalarType.Bool };

    /// <summary>Does nothing; there for code that disposes TorchSharp's scalars.</summary>
    public void Dispose() { }

    internal double AsDouble => kind == 1 ? BitConverter.Int64BitsToDouble(bits) : bits;

    internal long AsInt64 => kind == 1 ? (long)BitConverter.Int64BitsToDouble(bits) : bits;

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(byte value) => new(value, 0);

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(sbyte value) => new(value, 0);

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(short value) => new(value, 0);

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(int value) => new(value, 0);

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(long value) => new(value, 0);

    /// <summary>A floating number.</summary>
    public static implicit operator Scalar(Half value) => (double)value;

    /// <summary>A floating number.</summary>
    public static implicit operator Scalar(float value) => (double)value;

    /// <summary>A floating number.</summary>
    public static implicit operator Scalar(double value) => new(BitConverter.DoubleToInt64Bits(value), 1);

    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(value ? 1 : 0, 2);
}

/// <summary>Conversions between numbers and <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>The scalar as a number.</summary>
    public static float ToSingle(this Scalar value) => (float)value.AsDouble;
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>Values of one width: numbers, dates, times, decimals.</summary>
/// <typeparam name="T">The in-memory type that <see cref="DataType"/> names for the column's type.</typeparam>
public sealed class FixedColumn<T> : Column where T : unmanaged
{
    /// <summary>A column over raw little-endian bytes.</summary>
    public FixedColumn(DataType type, int length, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity = default, int nullCount = -1)
        : base(type, length, validity, nullCount)
    {
        if (data.Length < (long)length * Unsafe.SizeOf<T>())
            throw new ArgumentException($"{data.Length} bytes for {length} values of {Unsafe.SizeOf<T>()} bytes", nameof(data));
        Data = data;
    }

    /// <summary>A column without nulls that holds a copy of <paramref name="values"/>.</summary>
    public FixedColumn(DataType type, ReadOnlySpan<T> values) : this(type, values.Length, MemoryMarshal.AsBytes(values).ToArray()) { }

    /// <summary>The values as bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>All values; those under nulls are unspecified.</summary>
    public ReadOnlySpan<T> Values => MemoryMarshal.Cast<byte, T>(Data.Span)[..Length];

    /// <summary>The value of a row; unspecified where null.</summary>
    public T this[int i] => Values[i];

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        var validity = SliceValidity(start, count);
        return new FixedColumn<T>(Type, count, Data.Slice(start * Unsafe.SizeOf<T>(), count * Unsafe.SizeOf<T>()), validity);
    }
}

/// <summary>Booleans as a <see cref="Bitmap"/>.</summary>
public sealed class BoolColumn : Column
{
    /// <summary>A column over bits.</summary>
    public BoolColumn(int length, ReadOnlyMemory<byte> bits, ReadOnlyMemory<byte> validity = default, int nullCount = -1)
        : base(DataType.Bool, length, validity, nullCount)
    {
        if (bits.Length < Bitmap.Bytes(length)) throw new ArgumentException($"{bits.Length} bytes for {length} bits", nameof(bits));
        Bits = bits;
    }

    /// <summary>The values; those under nulls are unspecified.</summary>
    public ReadOnlyMemory<byte> Bits { get; }

    /// <summary>The value of a row; unspecified where null.</summary>
    public bool this[int i] => (uint)i < (uint)Length ? Bitmap.Get(Bits.Span, i) : throw new ArgumentOutOfRangeException(nameof(i));

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        var validity = SliceValidity(start, count);
        return new BoolColumn(count, Bitmap.Slice(Bits, start, count), validity);
    }
}

/// <summary>Byte strings of one length.</summary>
public sealed class FixedBinaryColumn : Column
{
    /// <summary>A column over the values laid end to end.</summary>
    public FixedBinaryColumn(
        DataType type, int width, int length, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity = default, int nullCount = -1)
        : base(type, length, validity, nullCount)
    {
        if (data.Length < (long)length * width)
            throw new ArgumentException($"{data.Length} bytes for {length} values of {width} bytes", nameof(data));
        (Width, Data) = (width, data);
    }

    /// <summary>Bytes in each value.</summary>
    public int Width { get; }

    /// <summary>The values laid end to end.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The value of a row; unspecified where null.</summary>
    public ReadOnlySpan<byte> Bytes(int i) =>
        (uint)i < (uint)Length ? Data.Span.Slice(i * Width, Width) : throw new ArgumentOutOfRangeException(nameof(i));

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        var validity = SliceValidity(start, count);
        return new FixedBinaryColumn(Type, Width, count, Data.Slice(start * Width, count * Width), validity);
    }
}

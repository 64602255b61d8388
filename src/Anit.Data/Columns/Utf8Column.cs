using System.Runtime.InteropServices;
using System.Text;

namespace Anit.Data;

/// <summary>Values of any length: n + 1 offsets into one run of bytes.</summary>
/// <remarks>The first offset need not be 0: slices share the buffers.</remarks>
public abstract class BytesColumn : Column
{
    private protected BytesColumn(
        DataType type, int length, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity, int nullCount)
        : base(type, length, validity, nullCount) => (OffsetBytes, Data) = (CheckOffsets(offsets, length), data);

    /// <summary>The offsets as raw 32-bit little-endian integers.</summary>
    public ReadOnlyMemory<byte> OffsetBytes { get; }

    /// <summary>The bytes of all values.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Value i lies between offsets i and i + 1 of <see cref="Data"/>.</summary>
    public ReadOnlySpan<int> Offsets => MemoryMarshal.Cast<byte, int>(OffsetBytes.Span)[..(Length + 1)];

    /// <summary>The bytes of a row; unspecified where null.</summary>
    public ReadOnlySpan<byte> Bytes(int i)
    {
        var offsets = Offsets;
        return Data.Span[offsets[i]..offsets[i + 1]];
    }

    private protected ReadOnlyMemory<byte> SliceOffsets(int start, int count) =>
        OffsetBytes.Slice(start * sizeof(int), (count + 1) * sizeof(int));
}

/// <summary>UTF-8 text.</summary>
public sealed class Utf8Column : BytesColumn
{
    /// <summary>A column over offsets and bytes; readers have checked that the bytes are UTF-8.</summary>
    public Utf8Column(
        int length, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity = default, int nullCount = -1)
        : base(DataType.Utf8, length, offsets, data, validity, nullCount) { }

    /// <summary>The row as a string, or null.</summary>
    public string? GetString(int i) => IsNull(i) ? null : Encoding.UTF8.GetString(Bytes(i));

    /// <summary>A column of these strings.</summary>
    public static Utf8Column Of(IEnumerable<string?> values)
    {
        var builder = new Utf8Builder();
        foreach (var value in values) builder.Append(value);
        return (Utf8Column)builder.Build();
    }

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        var validity = SliceValidity(start, count);
        return new Utf8Column(count, SliceOffsets(start, count), Data, validity);
    }
}

/// <summary>Byte strings of any length.</summary>
public sealed class BinaryColumn : BytesColumn
{
    /// <summary>A column over offsets and bytes.</summary>
    public BinaryColumn(
        int length, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity = default, int nullCount = -1)
        : base(DataType.Binary, length, offsets, data, validity, nullCount) { }

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        var validity = SliceValidity(start, count);
        return new BinaryColumn(count, SliceOffsets(start, count), Data, validity);
    }
}

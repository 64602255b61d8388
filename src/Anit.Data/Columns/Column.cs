namespace Anit.Data;

/// <summary>The values of one column in one batch: typed, immutable, in Arrow's memory layout.</summary>
/// <remarks>Validity is a <see cref="Bitmap"/> with set bits for values, empty when nothing is null.
/// What lies under a null is unspecified. Buffers may belong to a memory map or to a reader's batch.</remarks>
public abstract class Column
{
    /// <summary>Checks the bitmap's size and counts the nulls unless told.</summary>
    protected Column(DataType type, int length, ReadOnlyMemory<byte> validity, int nullCount = -1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!validity.IsEmpty && validity.Length < Bitmap.Bytes(length))
            throw new ArgumentException($"a validity bitmap of {validity.Length} bytes for {length} rows", nameof(validity));
        (Type, Length) = (type, length);
        NullCount = validity.IsEmpty ? 0 : nullCount >= 0 ? nullCount : length - Bitmap.CountSet(validity.Span, length);
        Validity = NullCount == 0 ? default : validity;
    }

    /// <summary>What the values mean.</summary>
    public DataType Type { get; }

    /// <summary>Rows.</summary>
    public int Length { get; }

    /// <summary>Rows that are null.</summary>
    public int NullCount { get; protected init; }

    /// <summary>Set bits for rows that have a value; empty when none is null.</summary>
    public ReadOnlyMemory<byte> Validity { get; }

    /// <summary>Whether the row has no value.</summary>
    public virtual bool IsNull(int i) => !Validity.IsEmpty && !Bitmap.Get(Validity.Span, i);

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> - 1, sharing the buffers.</summary>
    public abstract Column Slice(int start, int count);

    /// <summary>The rows at these positions, copied, in this order.</summary>
    public Column Take(ReadOnlySpan<int> rows) => Gathering.Take(this, rows);

    /// <summary>The validity of a slice.</summary>
    protected ReadOnlyMemory<byte> SliceValidity(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, Length, nameof(count));
        return Validity.IsEmpty ? default : Bitmap.Slice(Validity, start, count);
    }

    /// <summary>Refuses offsets that a column of this length cannot have.</summary>
    protected static ReadOnlyMemory<byte> CheckOffsets(ReadOnlyMemory<byte> offsets, int length) =>
        offsets.Length >= ((long)length + 1) * sizeof(int)
            ? offsets : throw new ArgumentException($"{offsets.Length} bytes of offsets for {length} rows", nameof(offsets));
}

/// <summary>A column in which every row is null.</summary>
public sealed class NullColumn : Column
{
    /// <summary>A column of this many nulls.</summary>
    public NullColumn(int length) : base(DataType.Null, length, default) => NullCount = length;

    /// <summary>Always true.</summary>
    public override bool IsNull(int i) => true;

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        SliceValidity(start, count);
        return new NullColumn(count);
    }
}

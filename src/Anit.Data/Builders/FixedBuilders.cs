namespace Anit.Data;

/// <summary>Builds <see cref="FixedColumn{T}"/>.</summary>
/// <typeparam name="T">The in-memory type of the values.</typeparam>
/// <param name="type">The logical type.</param>
public sealed class FixedBuilder<T>(DataType type) : ColumnBuilder(type) where T : unmanaged
{
    readonly ByteBuffer values = new();

    /// <inheritdoc/>
    public override long ByteCount => values.Length;

    /// <summary>One more value.</summary>
    public void Append(T value)
    {
        values.AppendValue(value);
        AppendValid();
    }

    /// <summary>One more value or null.</summary>
    public void Append(T? value)
    {
        if (value is { } v) Append(v);
        else AppendNull();
    }

    private protected override void AppendCell(Column source, int row) =>
        Append(source is FixedColumn<T> same ? same[row] : throw CannotTake(source));

    private protected override void AppendDefault() => values.AppendValue(default(T));

    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls) =>
        new FixedColumn<T>(Type, length, values.Detach(), validity, nulls);
}

/// <summary>Builds <see cref="BoolColumn"/>.</summary>
public sealed class BoolBuilder() : ColumnBuilder(DataType.Bool)
{
    readonly ByteBuffer bits = new();

    /// <inheritdoc/>
    public override long ByteCount => bits.Length;

    /// <summary>One more value.</summary>
    public void Append(bool value)
    {
        if ((Length & 7) == 0) bits.Append(0);
        if (value) Bitmap.Set(bits.WrittenSpan, Length);
        AppendValid();
    }

    /// <summary>One more value or null.</summary>
    public void Append(bool? value)
    {
        if (value is { } v) Append(v);
        else AppendNull();
    }

    private protected override void AppendCell(Column source, int row) =>
        Append(source is BoolColumn same ? same[row] : throw CannotTake(source));

    private protected override void AppendDefault()
    {
        if ((Length & 7) == 0) bits.Append(0);
    }

    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls) =>
        new BoolColumn(length, bits.Detach(), validity, nulls);
}

/// <summary>Builds <see cref="FixedBinaryColumn"/>.</summary>
/// <param name="type">The logical type.</param>
/// <param name="width">Bytes in each value.</param>
public sealed class FixedBinaryBuilder(DataType type, int width) : ColumnBuilder(type)
{
    readonly ByteBuffer values = new();

    /// <inheritdoc/>
    public override long ByteCount => values.Length;

    /// <summary>One more value of exactly the column's width.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        if (value.Length != width) throw new ArgumentException($"{value.Length} bytes for a value of {width}", nameof(value));
        values.Append(value);
        AppendValid();
    }

    private protected override void AppendCell(Column source, int row) =>
        Append(source is FixedBinaryColumn same ? same.Bytes(row) : throw CannotTake(source));

    private protected override void AppendDefault()
    {
        values.Reserve(width)[..width].Clear();
        values.Advance(width);
    }

    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls) =>
        new FixedBinaryColumn(Type, width, length, values.Detach(), validity, nulls);
}

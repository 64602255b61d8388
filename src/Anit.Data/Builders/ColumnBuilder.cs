namespace Anit.Data;

/// <summary>Grows a column row by row.</summary>
/// <example><code>
/// var names = new Utf8Builder();
/// names.Append("Ada"); names.AppendNull();
/// Column column = names.Build(); // two rows; the builder is empty again
/// </code></example>
public abstract class ColumnBuilder
{
    byte[]? validity;
    int nulls;

    private protected ColumnBuilder(DataType type) => Type = type;

    /// <summary>The type of the column to come.</summary>
    public DataType Type { get; }

    /// <summary>Rows so far.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes held so far, roughly: what to watch when cutting batches.</summary>
    public abstract long ByteCount { get; }

    /// <summary>A builder for columns of this type.</summary>
    public static ColumnBuilder For(DataType type) => type switch
    {
        NullType => new NullBuilder(),
        BoolType => new BoolBuilder(),
        Utf8Type => new Utf8Builder(),
        BinaryType => new BinaryBuilder(),
        FixedBinaryType t => new FixedBinaryBuilder(t, t.Width),
        DecimalType { Precision: > DecimalType.MaxInt128Precision } => new FixedBinaryBuilder(type, 32),
        DecimalType => new FixedBuilder<Int128>(type),
        IntType { Bits: 8, Signed: true } => new FixedBuilder<sbyte>(type),
        IntType { Bits: 8 } => new FixedBuilder<byte>(type),
        IntType { Bits: 16, Signed: true } => new FixedBuilder<short>(type),
        IntType { Bits: 16 } => new FixedBuilder<ushort>(type),
        IntType { Bits: 32, Signed: true } => new FixedBuilder<int>(type),
        IntType { Bits: 32 } => new FixedBuilder<uint>(type),
        IntType { Signed: true } => new FixedBuilder<long>(type),
        IntType => new FixedBuilder<ulong>(type),
        FloatType { Bits: 16 } => new FixedBuilder<Half>(type),
        FloatType { Bits: 32 } => new FixedBuilder<float>(type),
        FloatType => new FixedBuilder<double>(type),
        DateType or TimeType { Unit: TimeUnit.Second or TimeUnit.Millisecond } => new FixedBuilder<int>(type),
        TimeType or TimestampType or DurationType => new FixedBuilder<long>(type),
        IntervalType { Kind: IntervalKind.YearMonth } => new FixedBuilder<int>(type),
        IntervalType { Kind: IntervalKind.DayTime } => new FixedBuilder<DayTime>(type),
        IntervalType => new FixedBuilder<MonthDayNano>(type),
        ListType t => new ListBuilder(t),
        MapType t => new MapBuilder(t),
        StructType t => new StructBuilder(t),
        DictionaryType t => new DictionaryBuilder(t),
        _ => throw new UnsupportedTypeException($"columns of {type} are read but not built"),
    };

    /// <summary>One more row without a value.</summary>
    public void AppendNull()
    {
        AppendDefault();
        if (validity is null)
        {
            validity = new byte[Math.Max(64, Bitmap.Bytes(Length + 1))];
            Bitmap.SetRange(validity, 0, Length);
        }
        else if (Bitmap.Bytes(Length + 1) > validity.Length) Array.Resize(ref validity, validity.Length * 2);
        Length++;
        nulls++;
    }

    /// <summary>One more row, copied from a column of the same type, plain or dictionary.</summary>
    public void AppendFrom(Column source, int row)
    {
        if (source.IsNull(row))
        {
            AppendNull();
            return;
        }
        (source, row) = Cells.Decoded(source, row);
        AppendCell(source, row);
    }

    /// <summary>The column; the builder starts anew.</summary>
    public Column Build()
    {
        var column = Finish(Length, validity ?? default(ReadOnlyMemory<byte>), nulls);
        (Length, validity, nulls) = (0, null, 0);
        return column;
    }

    /// <summary>Appends a non-null cell of a column of this type.</summary>
    private protected abstract void AppendCell(Column source, int row);

    /// <summary>Appends what lies under a null.</summary>
    private protected abstract void AppendDefault();

    /// <summary>Makes the column and clears the values.</summary>
    private protected abstract Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls);

    private protected void AppendValid()
    {
        if (validity is not null)
        {
            if (Bitmap.Bytes(Length + 1) > validity.Length) Array.Resize(ref validity, validity.Length * 2);
            Bitmap.Set(validity, Length);
        }
        Length++;
    }

    private protected InvalidOperationException CannotTake(Column source) => new($"cannot append {source.Type} to a column of {Type}");
}

/// <summary>Builds <see cref="NullColumn"/>.</summary>
public sealed class NullBuilder() : ColumnBuilder(DataType.Null)
{
    /// <inheritdoc/>
    public override long ByteCount => 0;
    private protected override void AppendCell(Column source, int row) => throw CannotTake(source);
    private protected override void AppendDefault() { }
    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls) => new NullColumn(length);
}

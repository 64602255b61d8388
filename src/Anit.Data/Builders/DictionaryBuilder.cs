using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Anit.Data;

/// <summary>Builds <see cref="DictionaryColumn"/>, numbering values in order of first appearance.</summary>
/// <remarks>Values are kept from one <see cref="ColumnBuilder.Build"/> to the next, so that the batches of a stream share
/// one growing dictionary: each batch's values begin with those of the batch before.</remarks>
public sealed class DictionaryBuilder : ColumnBuilder
{
    readonly ByteBuffer indices = new();
    readonly ByteTable table = new();
    Column? values;

    /// <summary>A builder of dictionary-encoded text, bytes or values of fixed width.</summary>
    public DictionaryBuilder(DictionaryType type) : base(type)
    {
        if (type.Value is NullType or BoolType or ListType or MapType or StructType or UnionType or DictionaryType)
            throw new UnsupportedTypeException($"dictionaries of {type.Value} are read but not built");
    }

    /// <summary>A builder of dictionary-encoded text.</summary>
    public DictionaryBuilder() : this(DataType.Dictionary) { }

    /// <inheritdoc/>
    public override long ByteCount => indices.Length + table.ByteCount;

    /// <summary>One more text or null.</summary>
    public void Append(string? value)
    {
        if (value is null) AppendNull();
        else Append(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>One more value as its bytes: UTF-8 text, or the little-endian value of a fixed-width type.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        indices.AppendValue(table.Add(value));
        AppendValid();
    }

    private protected override void AppendCell(Column source, int row)
    {
        var width = CellBytes.WidthOf(source);
        Append(width > 0 ? CellBytes.Fixed(source, row, width) : source.Utf8(row));
    }

    private protected override void AppendDefault() => indices.AppendValue(0);

    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        if (values is null || values.Length < table.Count) values = Values();
        var column = new FixedColumn<int>(DataType.Int32, length, indices.Detach(), validity, nulls);
        return new DictionaryColumn((DictionaryType)Type, column, values);
    }

    Column Values()
    {
        var builder = For(((DictionaryType)Type).Value);
        for (var i = 0; i < table.Count; i++) CellBytes.Append(builder, table[i]);
        return builder.Build();
    }
}

/// <summary>Cells of fixed width as raw bytes, without knowing T.</summary>
static class CellBytes
{
    /// <summary>Bytes a value takes in a fixed-width column, 0 for other columns.</summary>
    public static int WidthOf(Column column) => column switch
    {
        FixedBinaryColumn c => c.Width,
        FixedColumn<sbyte> or FixedColumn<byte> => 1,
        FixedColumn<short> or FixedColumn<ushort> or FixedColumn<Half> => 2,
        FixedColumn<int> or FixedColumn<uint> or FixedColumn<float> => 4,
        FixedColumn<long> or FixedColumn<ulong> or FixedColumn<double> or FixedColumn<DayTime> => 8,
        FixedColumn<Int128> or FixedColumn<MonthDayNano> => 16,
        _ => 0,
    };

    /// <summary>The buffer of a fixed-width column.</summary>
    public static ReadOnlyMemory<byte> Data(Column column) => column switch
    {
        FixedBinaryColumn c => c.Data,
        FixedColumn<sbyte> c => c.Data,
        FixedColumn<byte> c => c.Data,
        FixedColumn<short> c => c.Data,
        FixedColumn<ushort> c => c.Data,
        FixedColumn<Half> c => c.Data,
        FixedColumn<int> c => c.Data,
        FixedColumn<uint> c => c.Data,
        FixedColumn<float> c => c.Data,
        FixedColumn<long> c => c.Data,
        FixedColumn<ulong> c => c.Data,
        FixedColumn<double> c => c.Data,
        FixedColumn<DayTime> c => c.Data,
        FixedColumn<Int128> c => c.Data,
        FixedColumn<MonthDayNano> c => c.Data,
        _ => throw new InvalidOperationException($"a column of {column.Type} has no values of fixed width"),
    };

    public static ReadOnlySpan<byte> Fixed(Column column, int row, int width) => Data(column).Span.Slice(row * width, width);

    /// <summary>Appends a value given as bytes.</summary>
    public static void Append(ColumnBuilder builder, ReadOnlySpan<byte> bytes)
    {
        switch (builder)
        {
            case BytesBuilder b: b.Append(bytes); break;
            case FixedBinaryBuilder b: b.Append(bytes); break;
            case FixedBuilder<sbyte> b: b.Append(Read<sbyte>(bytes)); break;
            case FixedBuilder<byte> b: b.Append(Read<byte>(bytes)); break;
            case FixedBuilder<short> b: b.Append(Read<short>(bytes)); break;
            case FixedBuilder<ushort> b: b.Append(Read<ushort>(bytes)); break;
            case FixedBuilder<Half> b: b.Append(Read<Half>(bytes)); break;
            case FixedBuilder<int> b: b.Append(Read<int>(bytes)); break;
            case FixedBuilder<uint> b: b.Append(Read<uint>(bytes)); break;
            case FixedBuilder<float> b: b.Append(Read<float>(bytes)); break;
            case FixedBuilder<long> b: b.Append(Read<long>(bytes)); break;
            case FixedBuilder<ulong> b: b.Append(Read<ulong>(bytes)); break;
            case FixedBuilder<double> b: b.Append(Read<double>(bytes)); break;
            case FixedBuilder<DayTime> b: b.Append(Read<DayTime>(bytes)); break;
            case FixedBuilder<Int128> b: b.Append(Read<Int128>(bytes)); break;
            case FixedBuilder<MonthDayNano> b: b.Append(Read<MonthDayNano>(bytes)); break;
            default: throw new InvalidOperationException($"a column of {builder.Type} has no values of fixed width");
        }
    }

    static T Read<T>(ReadOnlySpan<byte> bytes) where T : unmanaged =>
        bytes.Length == Unsafe.SizeOf<T>()
            ? MemoryMarshal.Read<T>(bytes) : throw new ArgumentException($"{bytes.Length} bytes for a value of {Unsafe.SizeOf<T>()}");
}

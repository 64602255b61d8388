using System.Numerics;
using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>Columns as other types, with every value kept exactly or refused.</summary>
static class Casts
{
    /// <summary>The column as this type.</summary>
    /// <exception cref="DataFormatException">A value that the type cannot hold exactly.</exception>
    public static Column To(this Column column, DataType type) => (column, type) switch
    {
        _ when column.Type == type => column,
        (NullColumn, _) => Nulls(type, column.Length),
        (DictionaryColumn c, DictionaryType t) => new DictionaryColumn(t, c.Indices, c.Values.To(t.Value)),
        (DictionaryColumn c, _) => Gather(c).To(type),
        (_, DictionaryType) => Copied(column, type),
        (ListColumn c, ListType t) => List(c, t),
        (MapColumn c, MapType t) => Map(c, t),
        (StructColumn c, StructType t) => Struct(c, t),
        (FixedBinaryColumn { Type: FixedBinaryType } c, BinaryType) => Bytes(c),
        (FixedColumn<Int128> c, DecimalType t) when c.Type is DecimalType { Precision: <= DecimalType.MaxInt128Precision } => Decimals(c, t),
        (FixedColumn<int> c, TimeType { Unit: TimeUnit.Millisecond } t) => Ticks<int, int>(c, t, Unit(c.Type), t.Unit),
        (FixedColumn<int> c, TimeType t) when c.Type is TimeType => Ticks<int, long>(c, t, Unit(c.Type), t.Unit),
        (FixedColumn<long> c, TimeType or TimestampType or DurationType) when c.Type.GetType() == type.GetType() =>
            Ticks<long, long>(c, type, Unit(c.Type), Unit(type)),
        (_, IntType or FloatType or DecimalType) when column.Type is IntType or FloatType => Number(column, type),
        _ => TextCasts.To(column, type),
    };

    /// <summary>A column of nulls.</summary>
    public static Column Nulls(DataType type, int rows)
    {
        var builder = ColumnBuilder.For(type);
        for (var i = 0; i < rows; i++) builder.AppendNull();
        return builder.Build();
    }

    static Column Gather(DictionaryColumn column)
    {
        var builder = ColumnBuilder.For(column.Values.Type);
        for (var i = 0; i < column.Length; i++) builder.AppendFrom(column, i);
        return builder.Build();
    }

    static Column Copied(Column column, DataType type)
    {
        var values = column.To(((DictionaryType)type).Value);
        var builder = ColumnBuilder.For(type);
        for (var i = 0; i < values.Length; i++) builder.AppendFrom(values, i);
        return builder.Build();
    }

    static ListColumn List(ListColumn column, ListType type)
    {
        var (offsets, first, count) = Rebased(column.Offsets);
        return new ListColumn(type, column.Length, offsets, column.Items.Slice(first, count).To(type.Item.Type), column.Validity, column.NullCount);
    }

    static MapColumn Map(MapColumn column, MapType type)
    {
        var (offsets, first, count) = Rebased(column.Offsets);
        var (keys, values) = (column.Keys.Slice(first, count).To(type.Key.Type), column.Items.Slice(first, count).To(type.Value.Type));
        return new MapColumn(type, column.Length, offsets, keys, values, column.Validity, column.NullCount);
    }

    // A slice shares its items with others: only its own are worth the work.
    static (byte[] Offsets, int First, int Count) Rebased(ReadOnlySpan<int> offsets)
    {
        var (first, own) = (offsets[0], new int[offsets.Length]);
        for (var i = 0; i < own.Length; i++) own[i] = offsets[i] - first;
        return (MemoryMarshal.AsBytes<int>(own).ToArray(), first, own[^1]);
    }

    static StructColumn Struct(StructColumn column, StructType type)
    {
        var have = ((StructType)column.Type).Fields;
        if (have.FirstOrDefault(f => type.Fields.All(other => other.Name != f.Name)) is { } lost)
            throw new DataFormatException($"{column.Type} has a field \"{lost.Name}\", which {type} has not");
        var children = type.Fields.Select(field =>
        {
            var at = have.ToList().FindIndex(f => f.Name == field.Name);
            return at < 0 ? Nulls(field.Type, column.Length) : column.Children[at].To(field.Type);
        });
        return new StructColumn(type, column.Length, [.. children], column.Validity, column.NullCount);
    }

    static Column Bytes(FixedBinaryColumn column)
    {
        var builder = new BinaryBuilder();
        for (var i = 0; i < column.Length; i++)
            if (column.IsNull(i)) builder.AppendNull();
            else builder.Append(column.Bytes(i));
        return builder.Build();
    }

    static Column Number(Column column, DataType type) => column switch
    {
        FixedColumn<sbyte> c => From(c, type),
        FixedColumn<short> c => From(c, type),
        FixedColumn<int> c => From(c, type),
        FixedColumn<long> c => From(c, type),
        FixedColumn<byte> c => From(c, type),
        FixedColumn<ushort> c => From(c, type),
        FixedColumn<uint> c => From(c, type),
        FixedColumn<ulong> c => From(c, type),
        FixedColumn<Half> c => From(c, type),
        FixedColumn<float> c => From(c, type),
        FixedColumn<double> c => From(c, type),
        _ => throw Refused(column.Type, type),
    };

    static Column From<T>(FixedColumn<T> column, DataType type) where T : unmanaged, INumberBase<T> => type switch
    {
        IntType { Bits: 8, Signed: true } => Numbers<T, sbyte>(column, type),
        IntType { Bits: 16, Signed: true } => Numbers<T, short>(column, type),
        IntType { Bits: 32, Signed: true } => Numbers<T, int>(column, type),
        IntType { Signed: true } => Numbers<T, long>(column, type),
        IntType { Bits: 8 } => Numbers<T, byte>(column, type),
        IntType { Bits: 16 } => Numbers<T, ushort>(column, type),
        IntType { Bits: 32 } => Numbers<T, uint>(column, type),
        IntType => Numbers<T, ulong>(column, type),
        FloatType { Bits: 16 } => Numbers<T, Half>(column, type),
        FloatType { Bits: 32 } => Numbers<T, float>(column, type),
        FloatType => Numbers<T, double>(column, type),
        DecimalType { Precision: <= DecimalType.MaxInt128Precision } t when column.Type is IntType =>
            Decimals(Numbers<T, Int128>(column, new DecimalType(DecimalType.MaxInt128Precision, 0)), t),
        _ => TextCasts.To(column, type),
    };

    static FixedColumn<TTo> Numbers<TFrom, TTo>(FixedColumn<TFrom> column, DataType type)
        where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
    {
        var from = column.Values;
        var to = new TTo[column.Length];
        for (var i = 0; i < to.Length; i++)
            if (!Exact(from[i], type is not FloatType, out to[i]) && !column.IsNull(i)) throw Lost(column, i, type);
        return new FixedColumn<TTo>(type, to.Length, MemoryMarshal.AsBytes<TTo>(to).ToArray(), column.Validity, column.NullCount);
    }

    // Integers are compared through 128 bits, which hold all of them; a fraction must come back from the other float as it was.
    static bool Exact<TFrom, TTo>(TFrom value, bool whole, out TTo result)
        where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
    {
        result = TTo.CreateSaturating(value);
        if (TFrom.IsInteger(value) && double.Abs(double.CreateSaturating(value)) < 1e37)
            return TTo.IsInteger(result) && Int128.CreateSaturating(value) == Int128.CreateSaturating(result);
        return !whole && (TFrom.IsNaN(value) ? TTo.IsNaN(result) : TFrom.CreateSaturating(result) == value);
    }

    static FixedColumn<Int128> Decimals(FixedColumn<Int128> column, DecimalType type)
    {
        var shift = type.Scale - ((DecimalType)column.Type).Scale;
        var (factor, bound) = (Power(Math.Abs(shift)), Power(type.Precision));
        var to = new Int128[column.Length];
        for (var i = 0; i < to.Length; i++)
        {
            if (column.IsNull(i)) continue;
            var (value, rest) = shift < 0 ? Int128.DivRem(column[i], factor) : (column[i], Int128.Zero);
            if (shift > 0 && Int128.Abs(value) >= bound / factor) throw Lost(column, i, type);
            to[i] = shift > 0 ? value * factor : value;
            if (rest != 0 || Int128.Abs(to[i]) >= bound) throw Lost(column, i, type);
        }
        return new FixedColumn<Int128>(type, to.Length, MemoryMarshal.AsBytes<Int128>(to).ToArray(), column.Validity, column.NullCount);
    }

    internal static Int128 Power(int digits)
    {
        Int128 power = 1;
        for (var i = 0; i < digits; i++) power *= 10;
        return power;
    }

    static FixedColumn<TTo> Ticks<TFrom, TTo>(FixedColumn<TFrom> column, DataType type, TimeUnit from, TimeUnit unit)
        where TFrom : unmanaged, IBinaryInteger<TFrom> where TTo : unmanaged, IBinaryInteger<TTo>
    {
        var factor = (long)Power(3 * Math.Abs(unit - from));
        var to = new TTo[column.Length];
        for (var i = 0; i < to.Length; i++)
        {
            if (column.IsNull(i)) continue;
            var value = Int128.CreateChecked(column[i]);
            var (ticks, rest) = unit >= from ? (value * factor, Int128.Zero) : Int128.DivRem(value, factor);
            to[i] = TTo.CreateSaturating(ticks);
            if (rest != 0 || Int128.CreateChecked(to[i]) != ticks) throw Lost(column, i, type);
        }
        return new FixedColumn<TTo>(type, to.Length, MemoryMarshal.AsBytes<TTo>(to).ToArray(), column.Validity, column.NullCount);
    }

    static TimeUnit Unit(DataType type) => type switch
    {
        TimeType t => t.Unit, TimestampType t => t.Unit, DurationType t => t.Unit, _ => throw new InvalidOperationException($"{type} has no unit"),
    };

    /// <summary>What to say of a value that the type cannot hold.</summary>
    internal static DataFormatException Lost(Column column, int row, DataType type) =>
        new($"{TextCasts.Shown(column, row)} is no value that {type} holds exactly");

    internal static DataFormatException Refused(DataType from, DataType to) => new($"{from} does not become {to}");
}

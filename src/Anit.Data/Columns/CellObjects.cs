using System.Globalization;
using System.Numerics;
using System.Text;

namespace Anit.Data;

/// <summary>Cells as objects of the base library: what ADO.NET, data binding and statistics want.</summary>
/// <remarks>Integers and floats have their own width (16-bit floats become float), decimals are <see cref="decimal"/>, dates and timestamps
/// <see cref="DateTime"/> (UTC where the column holds instants), times of day and durations <see cref="TimeSpan"/>, which counts in 100 ns; lists are
/// object?[], structs Dictionary&lt;string, object?&gt;, maps KeyValuePair&lt;object, object?&gt;[], intervals their text.</remarks>
public static class CellObjects
{
    const int MostDecimalDigits = 28;

    /// <summary>The value of a cell, or null. What its type cannot hold is an <see cref="OverflowException"/>.</summary>
    public static object? Value(this Column column, int row)
    {
        if (column.IsNull(row)) return null;
        (column, row) = Cells.Decoded(column, row);
        return column switch
        {
            BoolColumn c => c[row],
            Utf8Column c => Encoding.UTF8.GetString(c.Bytes(row)),
            BytesColumn c => c.Bytes(row).ToArray(),
            FixedBinaryColumn { Type: DecimalType t } c => Decimal(new BigInteger(c.Bytes(row)), t.Scale),
            FixedBinaryColumn c => c.Bytes(row).ToArray(),
            FixedColumn<Int128> { Type: DecimalType t } c => Decimal(c[row], t.Scale),
            FixedColumn<int> { Type: DateType } c => Time(c[row] * 86_400L, new(TimeUnit.Second)),
            FixedColumn<long> { Type: TimestampType t } c => Time(c[row], t),
            FixedColumn<int> { Type: TimeType t } c => Span(c[row], t.Unit),
            FixedColumn<long> { Type: TimeType t } c => Span(c[row], t.Unit),
            FixedColumn<long> { Type: DurationType t } c => Span(c[row], t.Unit),
            FixedColumn<sbyte> c => c[row],
            FixedColumn<byte> c => c[row],
            FixedColumn<short> c => c[row],
            FixedColumn<ushort> c => c[row],
            FixedColumn<int> { Type: IntType } c => c[row],
            FixedColumn<uint> c => c[row],
            FixedColumn<long> c => c[row],
            FixedColumn<ulong> c => c[row],
            FixedColumn<Half> c => (float)c[row],
            FixedColumn<float> c => c[row],
            FixedColumn<double> c => c[row],
            ListColumn c => Items(c.Items, c.Offsets[row], c.Offsets[row + 1]),
            StructColumn c => Struct(c, row),
            MapColumn c => Pairs(c, row),
            UnionColumn c => c.Resolve(row) is var (child, at) ? child.Value(at) : null,
            _ => Encoding.UTF8.GetString(TextCasts.Bytes(column, row)),
        };
    }

    /// <summary>The type that <see cref="Value"/> gives for a column.</summary>
    public static Type TypeOf(DataType type) => type.Decoded switch
    {
        BoolType => typeof(bool),
        IntType { Bits: 8, Signed: true } => typeof(sbyte),
        IntType { Bits: 8 } => typeof(byte),
        IntType { Bits: 16, Signed: true } => typeof(short),
        IntType { Bits: 16 } => typeof(ushort),
        IntType { Bits: 32, Signed: true } => typeof(int),
        IntType { Bits: 32 } => typeof(uint),
        IntType { Signed: true } => typeof(long),
        IntType => typeof(ulong),
        FloatType { Bits: 64 } => typeof(double),
        FloatType => typeof(float),
        DecimalType => typeof(decimal),
        DateType or TimestampType => typeof(DateTime),
        TimeType or DurationType => typeof(TimeSpan),
        BinaryType or FixedBinaryType => typeof(byte[]),
        ListType => typeof(object[]),
        StructType => typeof(Dictionary<string, object?>),
        MapType => typeof(KeyValuePair<object, object?>[]),
        UnionType or NullType => typeof(object),
        _ => typeof(string),
    };

    static decimal Decimal(BigInteger digits, int scale)
    {
        for (; scale > 0 && (scale > MostDecimalDigits || BigInteger.Abs(digits) > Largest); scale--)
        {
            (digits, var rest) = BigInteger.DivRem(digits, 10);
            if (!rest.IsZero) throw TooLong();
        }
        for (; scale < 0; scale++) digits *= 10;
        if (BigInteger.Abs(digits) > Largest) throw TooLong();
        var positive = (UInt128)BigInteger.Abs(digits);
        return new((int)(uint)positive, (int)(uint)(positive >> 32), (int)(uint)(positive >> 64), digits.Sign < 0, (byte)scale);
    }

    static BigInteger Largest { get; } = new(decimal.MaxValue);

    static OverflowException TooLong() => new("a decimal of more digits than System.Decimal has (28); read it as text");

    static DateTime Time(long ticks, TimestampType type)
    {
        try
        {
            return DateTime.SpecifyKind(DateTime.UnixEpoch + Span(ticks, type.Unit), type.Zone is null ? DateTimeKind.Unspecified : DateTimeKind.Utc);
        }
        catch (ArgumentOutOfRangeException e)
        {
            var told = $"a time outside of the years 1 to 9999: {ticks.ToString(CultureInfo.InvariantCulture)} {TypeNames.Of(type.Unit)}";
            throw new OverflowException(told, e);
        }
    }

    static TimeSpan Span(long ticks, TimeUnit unit) => new(unit switch
    {
        TimeUnit.Second => checked(ticks * TimeSpan.TicksPerSecond),
        TimeUnit.Millisecond => checked(ticks * TimeSpan.TicksPerMillisecond),
        TimeUnit.Microsecond => checked(ticks * TimeSpan.TicksPerMicrosecond),
        _ => (ticks - (ticks % TimeSpan.NanosecondsPerTick < 0 ? TimeSpan.NanosecondsPerTick - 1 : 0)) / TimeSpan.NanosecondsPerTick, // downwards
    });

    static object?[] Items(Column items, int from, int to)
    {
        var values = new object?[to - from];
        for (var i = 0; i < values.Length; i++) values[i] = items.Value(from + i);
        return values;
    }

    static Dictionary<string, object?> Struct(StructColumn column, int row)
    {
        var fields = ((StructType)column.Type).Fields;
        var values = new Dictionary<string, object?>(fields.Count, StringComparer.Ordinal);
        for (var i = 0; i < fields.Count; i++) values.TryAdd(fields[i].Name, column.Children[i].Value(row));
        return values;
    }

    static KeyValuePair<object, object?>[] Pairs(MapColumn column, int row)
    {
        var (from, to) = (column.Offsets[row], column.Offsets[row + 1]);
        var pairs = new KeyValuePair<object, object?>[to - from];
        for (var i = 0; i < pairs.Length; i++) pairs[i] = new(column.Keys.Value(from + i)!, column.Items.Value(from + i));
        return pairs;
    }
}

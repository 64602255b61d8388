using System.Collections.ObjectModel;

namespace Anit.Data;

/// <summary>The logical type of a column: what its values mean, not how a file encodes them.</summary>
/// <example><c>DataType.ListOf(DataType.Utf8)</c>, <c>new TimestampType(TimeUnit.Microsecond, "UTC")</c></example>
/// <remarks>Types compare by value. In memory each type has one column class, named in its summary.</remarks>
public abstract record DataType
{
    /// <summary>UTF-8 text.</summary>
    public static Utf8Type Utf8 { get; } = new();
    /// <summary>Bytes of any length.</summary>
    public static BinaryType Binary { get; } = new();
    /// <summary>True or false.</summary>
    public static BoolType Bool { get; } = new();
    /// <summary>Always null.</summary>
    public static NullType Null { get; } = new();
    /// <summary>Signed 8-bit integer.</summary>
    public static IntType Int8 { get; } = new(8, true);
    /// <summary>Signed 16-bit integer.</summary>
    public static IntType Int16 { get; } = new(16, true);
    /// <summary>Signed 32-bit integer.</summary>
    public static IntType Int32 { get; } = new(32, true);
    /// <summary>Signed 64-bit integer.</summary>
    public static IntType Int64 { get; } = new(64, true);
    /// <summary>Unsigned 8-bit integer.</summary>
    public static IntType UInt8 { get; } = new(8, false);
    /// <summary>Unsigned 16-bit integer.</summary>
    public static IntType UInt16 { get; } = new(16, false);
    /// <summary>Unsigned 32-bit integer.</summary>
    public static IntType UInt32 { get; } = new(32, false);
    /// <summary>Unsigned 64-bit integer.</summary>
    public static IntType UInt64 { get; } = new(64, false);
    /// <summary>IEEE 754 half precision.</summary>
    public static FloatType Float16 { get; } = new(16);
    /// <summary>IEEE 754 single precision.</summary>
    public static FloatType Float32 { get; } = new(32);
    /// <summary>IEEE 754 double precision.</summary>
    public static FloatType Float64 { get; } = new(64);
    /// <summary>Days since 1970-01-01.</summary>
    public static DateType Date { get; } = new();
    /// <summary>Repeated text kept once: dictionary of utf8 with 32-bit indices.</summary>
    public static DictionaryType Dictionary { get; } = new(new IntType(32, true), new Utf8Type());

    /// <summary>A list whose items are nullable values of <paramref name="item"/>, named "element".</summary>
    public static ListType ListOf(DataType item) => new(new Field("element", item));

    /// <summary>The type of the values a reader sees: dictionaries are looked through.</summary>
    public DataType Decoded => this is DictionaryType d ? d.Value.Decoded : this;

    /// <summary>The type that users write so: text, bool, int8 to int64, uint8 to uint64, float, double, decimal(p,s), date,
    /// timestamp(s|ms|us|ns[,zone]),
    /// binary, dictionary (of text), list&lt;...&gt; of these, and the short names of <see cref="ToString"/>.</summary>
    public static bool TryParse(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DataType? type) =>
        (type = TypeNames.Parse(name)) is not null;

    /// <summary>The type as users write it: <c>list&lt;utf8&gt;</c>, <c>timestamp(us,UTC)</c>.</summary>
    public sealed override string ToString() => TypeNames.Of(this);
}

/// <summary>A column without values; held by <see cref="NullColumn"/>.</summary>
public sealed record NullType : DataType;

/// <summary>Booleans, held by <see cref="BoolColumn"/>.</summary>
public sealed record BoolType : DataType;

/// <summary>Integers of 8, 16, 32 or 64 bits, held by <see cref="FixedColumn{T}"/> of sbyte to ulong.</summary>
/// <param name="Bits">8, 16, 32 or 64.</param>
/// <param name="Signed">False for the unsigned types.</param>
public sealed record IntType(int Bits, bool Signed) : DataType
{
    /// <summary>Width in bits.</summary>
    public int Bits { get; } = Bits is 8 or 16 or 32 or 64
        ? Bits : throw new ArgumentOutOfRangeException(nameof(Bits), Bits, "An integer has 8, 16, 32 or 64 bits.");
}

/// <summary>Floating point numbers, held by <see cref="FixedColumn{T}"/> of Half, float or double.</summary>
/// <param name="Bits">16, 32 or 64.</param>
public sealed record FloatType(int Bits) : DataType
{
    /// <summary>Width in bits.</summary>
    public int Bits { get; } = Bits is 16 or 32 or 64
        ? Bits : throw new ArgumentOutOfRangeException(nameof(Bits), Bits, "A float has 16, 32 or 64 bits.");
}

/// <summary>UTF-8 text, held by <see cref="Utf8Column"/>.</summary>
public sealed record Utf8Type : DataType;

/// <summary>Bytes, held by <see cref="BinaryColumn"/>.</summary>
public sealed record BinaryType : DataType;

/// <summary>Bytes of one length, held by <see cref="FixedBinaryColumn"/>; a UUID is 16 bytes, first byte first.</summary>
/// <param name="Width">Bytes in each value.</param>
public sealed record FixedBinaryType(int Width) : DataType
{
    /// <summary>Bytes in each value.</summary>
    public int Width { get; } = Width >= 0
        ? Width : throw new ArgumentOutOfRangeException(nameof(Width), Width, "A width cannot be negative.");
}

/// <summary>Exact decimals: an integer divided by 10^<paramref name="Scale"/>.</summary>
/// <param name="Precision">Decimal digits, 1 to 76.</param>
/// <param name="Scale">Digits after the point; negative scales multiply.</param>
/// <remarks>Held by <see cref="FixedColumn{T}"/> of <see cref="Int128"/> up to 38 digits, beyond that by
/// <see cref="FixedBinaryColumn"/> with 32 bytes, two's complement, lowest byte first.</remarks>
public sealed record DecimalType(int Precision, int Scale) : DataType
{
    /// <summary>The most digits an <see cref="Int128"/> holds.</summary>
    public const int MaxInt128Precision = 38;

    /// <summary>Decimal digits.</summary>
    public int Precision { get; } = Precision is >= 1 and <= 76
        ? Precision : throw new ArgumentOutOfRangeException(nameof(Precision), Precision, "A decimal has 1 to 76 digits.");
}

/// <summary>Days since 1970-01-01 in a <see cref="FixedColumn{T}"/> of int.</summary>
public sealed record DateType : DataType;

/// <summary>Time of day: <see cref="FixedColumn{T}"/> of int for seconds and milliseconds, of long for finer units.</summary>
/// <param name="Unit">What one tick is.</param>
public sealed record TimeType(TimeUnit Unit) : DataType;

/// <summary>Ticks since 1970-01-01T00:00 in a <see cref="FixedColumn{T}"/> of long.</summary>
/// <param name="Unit">What one tick is.</param>
/// <param name="Zone">Null for local wall time; otherwise the column holds instants (ticks in UTC) and this is the zone to show them in.</param>
/// <remarks>Parquet's INT96 reaches beyond 64-bit nanoseconds: a batch with such a value holds <see cref="Int128"/> ticks.</remarks>
public sealed record TimestampType(TimeUnit Unit, string? Zone = null) : DataType;

/// <summary>Elapsed time in a <see cref="FixedColumn{T}"/> of long.</summary>
/// <param name="Unit">What one tick is.</param>
public sealed record DurationType(TimeUnit Unit) : DataType;

/// <summary>Calendar intervals: int months, <see cref="DayTime"/> or <see cref="MonthDayNano"/>.</summary>
/// <param name="Kind">Which of the three.</param>
public sealed record IntervalType(IntervalKind Kind) : DataType;

/// <summary>Lists, held by <see cref="ListColumn"/>.</summary>
/// <param name="Item">Name, type and nullability of the items.</param>
public sealed record ListType(Field Item) : DataType;

/// <summary>Named fields side by side, held by <see cref="StructColumn"/>.</summary>
/// <param name="Fields">The fields in order; names may repeat.</param>
public sealed record StructType(IReadOnlyList<Field> Fields) : DataType
{
    /// <summary>Fields are compared in order.</summary>
    public bool Equals(StructType? other) => other is not null && Fields.SequenceEqual(other.Fields);

    /// <summary>Agrees with <see cref="Equals(StructType)"/>.</summary>
    public override int GetHashCode() => Fields.Aggregate(17, HashCode.Combine);
}

/// <summary>Key-value pairs in order, duplicates kept, held by <see cref="MapColumn"/>.</summary>
/// <param name="Key">The keys; never null.</param>
/// <param name="Value">The values.</param>
public sealed record MapType(Field Key, Field Value) : DataType
{
    /// <summary>Metadata of the pairs, for which Arrow has a field between the map and its keys and values.</summary>
    public IReadOnlyDictionary<string, string> PairMetadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Keys and values count, metadata does not.</summary>
    public bool Equals(MapType? other) => other is not null && Key == other.Key && Value == other.Value;

    /// <summary>Agrees with <see cref="Equals(MapType)"/>.</summary>
    public override int GetHashCode() => HashCode.Combine(29, Key, Value);
}

/// <summary>Each row is a value of one of several types, held by <see cref="UnionColumn"/>.</summary>
/// <param name="Fields">The alternatives.</param>
/// <param name="TypeIds">The id that selects each alternative.</param>
/// <param name="Dense">Dense unions keep an offset a row, sparse ones full-length children.</param>
public sealed record UnionType(IReadOnlyList<Field> Fields, IReadOnlyList<int> TypeIds, bool Dense) : DataType
{
    /// <summary>Alternatives and ids are compared in order.</summary>
    public bool Equals(UnionType? other) => other is not null && Dense == other.Dense
        && Fields.SequenceEqual(other.Fields) && TypeIds.SequenceEqual(other.TypeIds);

    /// <summary>Agrees with <see cref="Equals(UnionType)"/>.</summary>
    public override int GetHashCode() => Fields.Aggregate(Dense ? 31 : 29, HashCode.Combine);
}

/// <summary>Values kept once and referred to by index, held by <see cref="DictionaryColumn"/>.</summary>
/// <param name="Index">The index type in files; in memory indices are int.</param>
/// <param name="Value">The type of the values.</param>
public sealed record DictionaryType(IntType Index, DataType Value) : DataType;

/// <summary>What one tick of a time, timestamp or duration is.</summary>
public enum TimeUnit
{
    /// <summary>1 s.</summary>
    Second,
    /// <summary>10^-3 s.</summary>
    Millisecond,
    /// <summary>10^-6 s.</summary>
    Microsecond,
    /// <summary>10^-9 s.</summary>
    Nanosecond,
}

/// <summary>The three calendar intervals of Arrow.</summary>
public enum IntervalKind
{
    /// <summary>Months as int.</summary>
    YearMonth,
    /// <summary><see cref="Data.DayTime"/>.</summary>
    DayTime,
    /// <summary><see cref="Data.MonthDayNano"/>.</summary>
    MonthDayNano,
}

/// <summary>An interval of days and milliseconds.</summary>
/// <param name="Days">Whole days.</param>
/// <param name="Milliseconds">The rest.</param>
public readonly record struct DayTime(int Days, int Milliseconds);

/// <summary>An interval of months, days and nanoseconds, none convertible into another.</summary>
/// <param name="Months">Whole months.</param>
/// <param name="Days">Whole days.</param>
/// <param name="Nanoseconds">The rest.</param>
public readonly record struct MonthDayNano(int Months, int Days, long Nanoseconds);

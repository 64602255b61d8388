namespace Anit.Data.United;

/// <summary>The narrowest type that holds the values of two types exactly.</summary>
/// <remarks>Integers and floats widen, and so do the digits of decimals and the units of times; 64-bit integers meet a double, with each value
/// checked. Text and dictionaries of text meet as text, lists by their items, structs by the names of their fields. All else has no union.</remarks>
static class TypeUnion
{
    const int Int64Digits = 19;

    public static DataType? Of(DataType a, DataType b) => a == b ? a : (a, b) switch
    {
        (NullType, _) => b,
        (_, NullType) => a,
        (DictionaryType x, DictionaryType y) => Of(x.Value, y.Value) is { } value && Integers(x.Index, y.Index) is { } index
            ? new DictionaryType(index, value) : null,
        (DictionaryType x, _) => Of(x.Value, b),
        (_, DictionaryType y) => Of(a, y.Value),
        (IntType x, IntType y) => Integers(x, y),
        (FloatType x, FloatType y) => new FloatType(Math.Max(x.Bits, y.Bits)),
        (IntType x, FloatType y) => Float(x, y),
        (FloatType x, IntType y) => Float(y, x),
        (DecimalType x, DecimalType y) => Decimal(Math.Max(x.Precision - x.Scale, y.Precision - y.Scale), Math.Max(x.Scale, y.Scale)),
        (IntType x, DecimalType y) => Decimal(Math.Max(Digits(x), y.Precision - y.Scale), y.Scale),
        (DecimalType x, IntType y) => Decimal(Math.Max(Digits(y), x.Precision - x.Scale), x.Scale),
        (TimeType x, TimeType y) => new TimeType(Finer(x.Unit, y.Unit)),
        (DurationType x, DurationType y) => new DurationType(Finer(x.Unit, y.Unit)),
        (TimestampType x, TimestampType y) when x.Zone == y.Zone => x with { Unit = Finer(x.Unit, y.Unit) },
        (BinaryType, FixedBinaryType) or (FixedBinaryType, BinaryType) or (FixedBinaryType, FixedBinaryType) => DataType.Binary,
        (ListType x, ListType y) => Of(x.Item, y.Item) is { } item ? new ListType(item) : null,
        (MapType x, MapType y) => Of(x.Key, y.Key) is { } key && Of(x.Value, y.Value) is { } value ? x with { Key = key, Value = value } : null,
        (StructType x, StructType y) => Structs(x.Fields, y.Fields) is { } fields ? new StructType(fields) : null,
        _ => null,
    };

    static Field? Of(Field a, Field b) => Of(a.Type, b.Type) is { } type ? a with { Type = type, Nullable = a.Nullable || b.Nullable } : null;

    static List<Field>? Structs(IReadOnlyList<Field> a, IReadOnlyList<Field> b)
    {
        if (a.DistinctBy(f => f.Name).Count() != a.Count || b.DistinctBy(f => f.Name).Count() != b.Count) return null;
        var fields = new List<Field>();
        foreach (var field in a)
        {
            var other = b.FirstOrDefault(f => f.Name == field.Name);
            if ((other is null ? field with { Nullable = true } : Of(field, other)) is not { } both) return null;
            fields.Add(both);
        }
        fields.AddRange(b.Where(f => a.All(other => other.Name != f.Name)).Select(f => f with { Nullable = true }));
        return fields;
    }

    static IntType? Integers(IntType a, IntType b)
    {
        if (a.Signed == b.Signed) return a.Bits >= b.Bits ? a : b;
        var (signed, unsigned) = a.Signed ? (a, b) : (b, a);
        var bits = Math.Max(signed.Bits, 2 * unsigned.Bits); // a sign more than the unsigned one has
        return bits <= 64 ? new IntType(bits, true) : null;
    }

    // A float has 24 binary digits, a double 53. 64-bit integers are checked value by value.
    static FloatType Float(IntType a, FloatType b) => new(Math.Max(b.Bits, a.Bits <= 8 ? 16 : a.Bits <= 16 ? 32 : 64));

    static DecimalType? Decimal(int whole, int scale) =>
        scale >= 0 && whole + scale <= DecimalType.MaxInt128Precision ? new DecimalType(whole + scale, scale) : null;

    static int Digits(IntType type) => type switch
    {
        { Bits: 8 } => 3, { Bits: 16 } => 5, { Bits: 32 } => 10, { Signed: true } => Int64Digits, _ => Int64Digits + 1,
    };

    static TimeUnit Finer(TimeUnit a, TimeUnit b) => a > b ? a : b;
}

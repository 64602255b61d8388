using System.Collections.Concurrent;
using System.Globalization;

namespace Anit.Data;

/// <summary>A type that a record's member may have: its column, and how a cell is read and appended.</summary>
sealed record MemberKind(Type Type, DataType Column, Func<Column, int, object> Read, Action<ColumnBuilder, object> Append)
{
    const int Digits = 38, Scale = 9;

    static readonly TimestampType Microseconds = new(TimeUnit.Microsecond, "UTC");
    static readonly DecimalType Money = new(Digits, Scale);

    static readonly Type[] Lists =
        [typeof(List<>), typeof(IReadOnlyList<>), typeof(IList<>), typeof(IReadOnlyCollection<>), typeof(IEnumerable<>)];

    [ThreadStatic]
    static HashSet<Type>? inside; // a record that holds itself would have no end

    static readonly MemberKind[] All =
    [
        new(typeof(string), DataType.Utf8, (c, i) => c.Text(i)!, (b, v) => ((Utf8Builder)b).Append((string)v)),
        new(typeof(byte[]), DataType.Binary, (c, i) => c.Utf8(i).ToArray(), (b, v) => ((BinaryBuilder)b).Append((byte[])v)),
        new(typeof(bool), DataType.Bool, (c, i) => c.Flag(i)!, (b, v) => ((BoolBuilder)b).Append((bool)v)),
        Number<sbyte>(DataType.Int8), Number<byte>(DataType.UInt8), Number<short>(DataType.Int16), Number<ushort>(DataType.UInt16),
        Number<int>(DataType.Int32), Number<uint>(DataType.UInt32), Number<long>(DataType.Int64),
        new(typeof(ulong), DataType.UInt64, (c, i) => c.Value(i) is var v ? Convert.ToUInt64(v, CultureInfo.InvariantCulture) : 0UL,
            (b, v) => ((FixedBuilder<ulong>)b).Append((ulong)v)),
        new(typeof(decimal), Money, (c, i) => Convert.ToDecimal(c.Value(i), CultureInfo.InvariantCulture),
            (b, v) => ((FixedBuilder<Int128>)b).Append(DecimalDigits.Of((decimal)v, Money, nameof(Decimal)))),
        new(typeof(TimeSpan), new DurationType(TimeUnit.Microsecond), (c, i) => (TimeSpan)c.Value(i)!,
            (b, v) => ((FixedBuilder<long>)b).Append(((TimeSpan)v).Ticks / TimeSpan.TicksPerMicrosecond)),
        new(typeof(TimeOnly), new TimeType(TimeUnit.Microsecond), (c, i) => TimeOnly.FromTimeSpan((TimeSpan)c.Value(i)!),
            (b, v) => ((FixedBuilder<long>)b).Append(((TimeOnly)v).Ticks / TimeSpan.TicksPerMicrosecond)),
        new(typeof(DateTimeOffset), Microseconds, (c, i) => new DateTimeOffset(DateTime.SpecifyKind(Time(c, i), DateTimeKind.Utc)), (b, v) =>
            ((FixedBuilder<long>)b).Append((((DateTimeOffset)v) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)),
        new(typeof(float), DataType.Float32, (c, i) => (float)c.Number(i)!, (b, v) => ((FixedBuilder<float>)b).Append((float)v)),
        new(typeof(double), DataType.Float64, (c, i) => c.Number(i)!, (b, v) => ((FixedBuilder<double>)b).Append((double)v)),
        new(typeof(DateOnly), DataType.Date, (c, i) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays((double)c.Integer(i)!)),
            (b, v) => ((FixedBuilder<int>)b).Append(((DateOnly)v).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber)),
        new(typeof(DateTime), Microseconds, (c, i) => Time(c, i), (b, v) =>
            ((FixedBuilder<long>)b).Append((((DateTime)v).ToUniversalTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)),
        new(typeof(string[]), DataType.ListOf(DataType.Utf8), (c, i) => c.TextList(i)!, (b, v) => ((ListBuilder)b).Append((string[])v)),
        new(typeof(long[]), DataType.ListOf(DataType.Int64), (c, i) => c.IntegerList(i)!, (b, v) => AppendAll((ListBuilder)b, (long[])v)),
    ];

    public static MemberKind Of(Type type, string member)
    {
        if (Array.Find(All, k => k.Type == type) is { } known) return known;
        if (type.IsEnum) return Words(type);
        if (ItemOf(type) is { } item) return List(type, item, member);
        if (!RecordShape.IsOne(type))
            throw new ArgumentException($"{member} is of type {type.Name}, which has no column; use one of "
                + $"{string.Join(", ", All.Select(k => k.Type.Name))}, an enumeration, another record, or a list of these");
        if (!(inside ??= []).Add(type))
            throw new ArgumentException($"{member} is of type {type.Name}, which holds itself; a table has no such columns");
        try
        {
            return Record(type);
        }
        finally
        {
            inside.Remove(type);
        }
    }

    /// <summary>Names of an enumeration as text, kept once; <c>NamedEntity</c> is <c>named_entity</c>. Numbers are read, too.</summary>
    static MemberKind Words(Type type)
    {
        var values = Enum.GetValues(type).Cast<object>().DistinctBy(v => v.ToString()).ToArray();
        var names = values.ToDictionary(v => RecordShape.Plain(v.ToString()!), v => v);
        return new(type, DataType.Dictionary, (c, i) =>
        {
            if (c.Type.Decoded is IntType) return Enum.ToObject(type, c.Integer(i)!.Value);
            var text = c.Text(i)!;
            return names.TryGetValue(RecordShape.Plain(text), out var value) ? value : throw new InvalidOperationException(
                $"'{text}' is none of {type.Name}: {string.Join(", ", values.Select(v => RecordShape.Snake(v.ToString()!)))}");
        }, (b, v) => ((DictionaryBuilder)b).Append(RecordShape.Snake(v.ToString()!)));
    }

    static Type? ItemOf(Type type) => type.IsArray ? type.GetElementType()
        : type.IsGenericType && Array.IndexOf(Lists, type.GetGenericTypeDefinition()) >= 0 ? type.GetGenericArguments()[0] : null;

    static MemberKind List(Type type, Type item, string member)
    {
        var (inner, nullable) = (Nullable.GetUnderlyingType(item) ?? item, !item.IsValueType || Nullable.GetUnderlyingType(item) is not null);
        var kind = Of(inner, member);
        var list = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>);
        return new(type, new ListType(new Field("element", kind.Column, nullable)), (c, i) =>
        {
            if (c is not ListColumn lists) throw new InvalidOperationException($"a column of {c.Type} does not hold lists");
            var (from, to) = (lists.Offsets[i], lists.Offsets[i + 1]);
            var values = Array.CreateInstance(item, to - from);
            for (var at = from; at < to; at++)
            {
                if (!lists.Items.IsNull(at)) values.SetValue(kind.Read(lists.Items, at), at - from);
                else if (!nullable)
                    throw new InvalidOperationException($"item {at - from} of a list is null, {member} cannot hold that; declare it with ?");
            }
            return list ? Activator.CreateInstance(type, values)! : values;
        }, (b, v) =>
        {
            var to = (ListBuilder)b;
            foreach (var value in (System.Collections.IEnumerable)v)
            {
                if (value is null) to.Items.AppendNull();
                else kind.Append(to.Items, value);
            }
            to.EndList();
        });
    }

    static MemberKind Record(Type type)
    {
        var shape = RecordShape.Of(type);
        var bound = new ConcurrentDictionary<StructType, int[]>();
        return new(type, new StructType(shape.Schema.Fields), (c, i) =>
        {
            if (c is not StructColumn structs) throw new InvalidOperationException($"a column of {c.Type} does not hold structs");
            var fields = ((StructType)c.Type).Fields;
            return shape.Read(fields, structs.Children, bound.GetOrAdd((StructType)c.Type, t => shape.Bind(new Schema(t.Fields))), i, i);
        }, (b, v) =>
        {
            shape.Write(v, ((StructBuilder)b).Children);
            ((StructBuilder)b).EndStruct();
        });
    }

    static MemberKind Number<T>(DataType column) where T : unmanaged, IConvertible =>
        new(typeof(T), column, (c, i) => Convert.ChangeType(c.Integer(i)!.Value, typeof(T), CultureInfo.InvariantCulture), (b, v) =>
            ((FixedBuilder<T>)b).Append((T)v));

    static DateTime Time(Column column, int row)
    {
        if (column.Type is not TimestampType t) throw new InvalidOperationException($"a column of {column.Type} does not hold a time");
        var value = column.Integer(row)!.Value;
        var ticks = t.Unit switch
        {
            TimeUnit.Second => checked(value * TimeSpan.TicksPerSecond),
            TimeUnit.Millisecond => checked(value * TimeSpan.TicksPerMillisecond),
            TimeUnit.Microsecond => checked(value * TimeSpan.TicksPerMicrosecond),
            _ => value / TimeSpan.NanosecondsPerTick,
        };
        return DateTime.SpecifyKind(DateTime.UnixEpoch.AddTicks(ticks), t.Zone is null ? DateTimeKind.Unspecified : DateTimeKind.Utc);
    }

    static void AppendAll(ListBuilder list, long[] values)
    {
        foreach (var value in values) ((FixedBuilder<long>)list.Items).Append(value);
        list.EndList();
    }
}

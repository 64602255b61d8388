using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Anit.Data;

/// <summary>A record type seen as columns: how its constructor is fed and its properties are written.</summary>
sealed class RecordShape
{
    static readonly ConcurrentDictionary<Type, RecordShape> Known = new();

    sealed record Member(ParameterInfo Parameter, PropertyInfo? Property, MemberKind Kind, bool Nullable, string ColumnName);

    readonly Type type;
    readonly ConstructorInvoker make;
    readonly Member[] members;

    RecordShape(Type type)
    {
        this.type = type;
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length)
            .FirstOrDefault(c => c.GetParameters() is [var p, ..] && p.ParameterType != type)
            ?? throw new ArgumentException(
                $"{type.Name} has no public constructor whose parameters could name columns; make it a record with a parameter list");
        make = ConstructorInvoker.Create(constructor);
        var nullability = new NullabilityInfoContext();
        members = [.. constructor.GetParameters().Select(p =>
        {
            var inner = Nullable.GetUnderlyingType(p.ParameterType);
            var nullable = inner is not null || (!p.ParameterType.IsValueType && nullability.Create(p).ReadState != NullabilityState.NotNull);
            return new Member(p, type.GetProperty(p.Name!), MemberKind.Of(inner ?? p.ParameterType, $"{type.Name}.{p.Name}"), nullable,
                Snake(p.Name!));
        })];
        Schema = new(members.Select(m => new Field(m.ColumnName, m.Kind.Column, m.Nullable)));
    }

    public Schema Schema { get; }

    public static RecordShape Of<T>() => Known.GetOrAdd(typeof(T), t => new(t));

    /// <summary>The column of each parameter, -1 where its default will do.</summary>
    public int[] Bind(Schema schema)
    {
        var columns = new int[members.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var wanted = Plain(members[i].ColumnName);
            columns[i] = -1;
            for (var c = schema.Fields.Count - 1; c >= 0; c--)
                if (Plain(schema.Fields[c].Name) == wanted) columns[i] = c;
            if (columns[i] < 0 && !members[i].Parameter.HasDefaultValue)
                throw new ArgumentException(
                    $"{type.Name}.{members[i].Parameter.Name} has no column of its name and no default; "
                    + $"the table has: {string.Join(", ", schema.Fields.Select(f => f.Name))}");
        }
        return columns;
    }

    public object Read(ColumnBatch batch, int[] columns, int row, long number)
    {
        var values = new object?[members.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var member = members[i];
            if (columns[i] < 0)
            {
                values[i] = member.Parameter.DefaultValue;
                continue;
            }
            var column = batch.Columns[columns[i]];
            if (!column.IsNull(row)) values[i] = member.Kind.Read(column, row);
            else if (!member.Nullable)
                throw new InvalidOperationException($"row {number}: column '{batch.Schema.Fields[columns[i]].Name}' is null, "
                    + $"{type.Name}.{member.Parameter.Name} cannot be; declare it with ?");
        }
        return make.Invoke(values.AsSpan());
    }

    public void Write(object record, ColumnBuilder[] to)
    {
        for (var i = 0; i < members.Length; i++)
        {
            var property = members[i].Property ?? throw new ArgumentException($"{type.Name} has no property {members[i].Parameter.Name} to write");
            if (property.GetValue(record) is { } value) members[i].Kind.Append(to[i], value);
            else to[i].AppendNull();
        }
    }

    static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>NoisyInstruction becomes noisy_instruction.</summary>
    static string Snake(string name)
    {
        var snake = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])) snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }
        return snake.ToString();
    }
}

/// <summary>A type that a record's member may have: its column, and how a cell is read and appended.</summary>
sealed record MemberKind(Type Type, DataType Column, Func<Column, int, object> Read, Action<ColumnBuilder, object> Append)
{
    static readonly TimestampType Microseconds = new(TimeUnit.Microsecond, "UTC");

    static readonly MemberKind[] All =
    [
        new(typeof(string), DataType.Utf8, (c, i) => c.Text(i)!, (b, v) => ((Utf8Builder)b).Append((string)v)),
        new(typeof(byte[]), DataType.Binary, (c, i) => c.Utf8(i).ToArray(), (b, v) => ((BinaryBuilder)b).Append((byte[])v)),
        new(typeof(bool), DataType.Bool, (c, i) => c.Flag(i)!, (b, v) => ((BoolBuilder)b).Append((bool)v)),
        Number<sbyte>(DataType.Int8), Number<byte>(DataType.UInt8), Number<short>(DataType.Int16), Number<ushort>(DataType.UInt16),
        Number<int>(DataType.Int32), Number<uint>(DataType.UInt32), Number<long>(DataType.Int64),
        new(typeof(float), DataType.Float32, (c, i) => (float)c.Number(i)!, (b, v) => ((FixedBuilder<float>)b).Append((float)v)),
        new(typeof(double), DataType.Float64, (c, i) => c.Number(i)!, (b, v) => ((FixedBuilder<double>)b).Append((double)v)),
        new(typeof(DateOnly), DataType.Date, (c, i) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays((double)c.Integer(i)!)),
            (b, v) => ((FixedBuilder<int>)b).Append(((DateOnly)v).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber)),
        new(typeof(DateTime), Microseconds, (c, i) => Time(c, i), (b, v) =>
            ((FixedBuilder<long>)b).Append((((DateTime)v).ToUniversalTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)),
        new(typeof(string[]), DataType.ListOf(DataType.Utf8), (c, i) => c.TextList(i)!, (b, v) => ((ListBuilder)b).Append((string[])v)),
        new(typeof(long[]), DataType.ListOf(DataType.Int64), (c, i) => c.IntegerList(i)!, (b, v) => AppendAll((ListBuilder)b, (long[])v)),
    ];

    public static MemberKind Of(Type type, string member) => Array.Find(All, k => k.Type == type)
        ?? throw new ArgumentException(
            $"{member} is of type {type.Name}, which has no column; use one of {string.Join(", ", All.Select(k => k.Type.Name))}");

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

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Schemas;

namespace Anit.Data.Parquet.Write;

/// <summary>How a field is written: its node of the schema and, at the leaves, who takes the values.</summary>
sealed record WriteNode(Field Field, IReadOnlyList<WriteNode> Children, ColumnChunkWriter? Leaf)
{
    /// <summary>The leaves below it, or itself.</summary>
    public IReadOnlyList<ColumnChunkWriter> Leaves { get; } = Leaf is not null ? [Leaf] : [.. Children.SelectMany(child => child.Leaves)];
}

/// <summary>Lays a table's schema out as Parquet's and makes the writers of its leaves.</summary>
sealed class WriteSchema
{
    readonly WriteOptions options;
    readonly Stack<string> path = new();

    public WriteSchema(Schema schema, WriteOptions options)
    {
        this.options = options;
        Packer = new(options);
        Elements.Add(new SchemaElement { Name = "schema", Children = schema.Fields.Count });
        Fields = [.. schema.Fields.Select(f => Node(f, 0, 0))];
    }

    public List<SchemaElement> Elements { get; } = [];
    public List<ColumnChunkWriter> Leaves { get; } = [];
    public IReadOnlyList<WriteNode> Fields { get; }

    /// <summary>Compresses the pages of all leaves.</summary>
    public PagePacker Packer { get; }

    WriteNode Node(Field field, int definition, int repetition)
    {
        path.Push(field.Name);
        if (field.Type is NullType) field = field with { Nullable = true }; // whatever it was declared as
        if (field.Nullable) definition++;
        var node = field.Type switch
        {
            ListType t => List(field, t, definition, repetition),
            MapType t => Map(field, t, definition, repetition),
            StructType t => Struct(field, t, definition, repetition),
            _ => Leaf(field, definition, repetition),
        };
        path.Pop();
        return node;
    }

    WriteNode List(Field field, ListType type, int definition, int repetition)
    {
        Group(field, 1, LogicalKind.List, ConvertedType.List);
        path.Push("list");
        Elements.Add(new SchemaElement { Name = "list", Repetition = Repetition.Repeated, Children = 1 });
        var item = Node(type.Item with { Name = "element" }, definition + 1, repetition + 1);
        path.Pop();
        return new(field, [item], null);
    }

    WriteNode Map(Field field, MapType type, int definition, int repetition)
    {
        Group(field, 1, LogicalKind.Map, ConvertedType.Map);
        path.Push("key_value");
        Elements.Add(new SchemaElement { Name = "key_value", Repetition = Repetition.Repeated, Children = 2 });
        var key = Node(type.Key with { Name = "key", Nullable = false }, definition + 1, repetition + 1);
        var value = Node(type.Value with { Name = "value" }, definition + 1, repetition + 1);
        path.Pop();
        return new(field, [key, value], null);
    }

    WriteNode Struct(Field field, StructType type, int definition, int repetition)
    {
        if (type.Fields.Count == 0) throw new UnsupportedTypeException($"column '{Path}' is a struct without fields, which Parquet does not have");
        Group(field, type.Fields.Count, LogicalKind.None, ConvertedType.None);
        return new(field, [.. type.Fields.Select(f => Node(f, definition, repetition))], null);
    }

    void Group(Field field, int children, LogicalKind logical, ConvertedType converted)
    {
        var group = new SchemaElement
        {
            Name = field.Name, Repetition = field.Nullable ? Repetition.Optional : Repetition.Required, Children = children,
            Logical = logical, Converted = converted,
        };
        Annotations.Apply(group, field.Metadata);
        Elements.Add(group);
    }

    WriteNode Leaf(Field field, int definition, int repetition)
    {
        var (element, values) = Stored(field.Type);
        element.Name = field.Name;
        element.Repetition = field.Nullable ? Repetition.Optional : Repetition.Required;
        Annotations.Apply(element, field.Metadata);
        Elements.Add(element);
        var leaf = new ColumnChunkWriter(values, [.. path.Reverse()], element.Type!.Value, definition, repetition, options, Packer);
        Leaves.Add(leaf);
        return new(field, [], leaf);
    }

    (SchemaElement Element, ValueWriter Values) Stored(DataType type) => type switch
    {
        DictionaryType t => Stored(t.Value),
        Utf8Type => (Element(PhysicalType.ByteArray, LogicalKind.String, ConvertedType.Utf8), new BytesWriter(text: true)),
        BinaryType => (Element(PhysicalType.ByteArray), new BytesWriter(text: false)),
        BoolType => (Element(PhysicalType.Boolean), new BoolWriter()),
        NullType => (Element(PhysicalType.Int32, LogicalKind.Unknown), new FixedWriter<int>(_ => [])),
        IntType t => Integer(t),
        FloatType { Bits: 16 } => (Fixed(2, LogicalKind.Float16), new FixedBytesWriter(2, StoredAs.Raw, null)),
        FloatType { Bits: 32 } => (Element(PhysicalType.Float), new FixedWriter<float>(c => ((FixedColumn<float>)c).Values)),
        FloatType => (Element(PhysicalType.Double), new FixedWriter<double>(c => ((FixedColumn<double>)c).Values)),
        DateType => (Element(PhysicalType.Int32, LogicalKind.Date, ConvertedType.Date), new FixedWriter<int>(c => ((FixedColumn<int>)c).Values)),
        DecimalType t => Decimal(t),
        TimeType t => Time(t),
        TimestampType t => Timestamp(t),
        DurationType => (Element(PhysicalType.Int64), new FixedWriter<long>(c => ((FixedColumn<long>)c).Values)),
        IntervalType { Kind: IntervalKind.YearMonth } => (Element(PhysicalType.Int32), new FixedWriter<int>(c => ((FixedColumn<int>)c).Values)),
        IntervalType => (Fixed(12, LogicalKind.None, ConvertedType.Interval), new FixedBytesWriter(12, StoredAs.Interval(Path), null)),
        FixedBinaryType { Width: > 0 } t => (Fixed(t.Width, LogicalKind.None), new FixedBytesWriter(t.Width, StoredAs.Raw, new(text: false))),
        _ => throw new UnsupportedTypeException($"column '{Path}' of type {type} cannot be written as Parquet"),
    };

    static (SchemaElement, ValueWriter) Integer(IntType t)
    {
        var element = Element(t.Bits == 64 ? PhysicalType.Int64 : PhysicalType.Int32);
        if (!(t.Signed && t.Bits >= 32))
        {
            (element.Logical, element.Bits, element.Signed) = (LogicalKind.Integer, t.Bits, t.Signed);
            var first = t.Signed ? ConvertedType.Int8 : ConvertedType.UInt8;
            element.Converted = first + BitOperations.Log2((uint)t.Bits / 8);
        }
        ValueWriter values = t switch
        {
            { Bits: 64, Signed: true } => new FixedWriter<long>(c => ((FixedColumn<long>)c).Values),
            { Bits: 64 } => new FixedWriter<ulong>(c => ((FixedColumn<ulong>)c).Values),
            { Bits: 32, Signed: true } => new FixedWriter<int>(c => ((FixedColumn<int>)c).Values),
            { Bits: 32 } => new FixedWriter<uint>(c => ((FixedColumn<uint>)c).Values),
            { Bits: 16, Signed: true } => new FixedWriter<int>(StoredAs.Widened<short, int>()),
            { Bits: 16 } => new FixedWriter<uint>(StoredAs.Widened<ushort, uint>()),
            { Signed: true } => new FixedWriter<int>(StoredAs.Widened<sbyte, int>()),
            _ => new FixedWriter<uint>(StoredAs.Widened<byte, uint>()),
        };
        return (element, values);
    }

    (SchemaElement, ValueWriter) Decimal(DecimalType t)
    {
        if (t.Scale < 0 || t.Scale > t.Precision)
            throw new UnsupportedTypeException($"column '{Path}': Parquet has no decimals with {t.Scale} of {t.Precision} digits behind the point");
        var (element, values) = t.Precision switch
        {
            <= 9 => (Element(PhysicalType.Int32), (ValueWriter)new FixedWriter<int>(StoredAs.Narrowed<int>(Path))),
            <= 18 => (Element(PhysicalType.Int64), new FixedWriter<long>(StoredAs.Narrowed<long>(Path))),
            _ =>
                (Fixed(DecimalBytes(t.Precision), LogicalKind.None),
                new FixedBytesWriter(DecimalBytes(t.Precision), StoredAs.BigEndian(Path, DecimalBytes(t.Precision)), new(text: false, signed: true))),
        };
        (element.Logical, element.Converted, element.Precision, element.Scale) = (LogicalKind.Decimal, ConvertedType.Decimal, t.Precision, t.Scale);
        return (element, values);
    }

    /// <summary>The fewest bytes whose two's complement holds so many digits.</summary>
    static int DecimalBytes(int precision) => (int)Math.Ceiling((precision * Math.Log2(10) + 1) / 8);

    (SchemaElement, ValueWriter) Time(TimeType t)
    {
        var unit = t.Unit == TimeUnit.Second ? TimeUnit.Millisecond : t.Unit; // Parquet has no seconds
        var element = Element(unit == TimeUnit.Millisecond ? PhysicalType.Int32 : PhysicalType.Int64, LogicalKind.Time);
        element.Unit = unit;
        return (element, t.Unit switch
        {
            TimeUnit.Second => new FixedWriter<int>(StoredAs.Thousandfold<int>(Path)),
            TimeUnit.Millisecond => new FixedWriter<int>(c => ((FixedColumn<int>)c).Values),
            _ => new FixedWriter<long>(c => ((FixedColumn<long>)c).Values),
        });
    }

    (SchemaElement, ValueWriter) Timestamp(TimestampType t)
    {
        var element = Element(PhysicalType.Int64, LogicalKind.Timestamp);
        (element.Unit, element.Instant) = (t.Unit == TimeUnit.Second ? TimeUnit.Millisecond : t.Unit, t.Zone is not null);
        if (element.Instant && element.Unit == TimeUnit.Millisecond) element.Converted = ConvertedType.TimestampMillis;
        if (element.Instant && element.Unit == TimeUnit.Microsecond) element.Converted = ConvertedType.TimestampMicros;
        return (element, t.Unit == TimeUnit.Second ? new FixedWriter<long>(StoredAs.Thousandfold<long>(Path))
            : new FixedWriter<long>(StoredAs.Ticks(Path)));
    }

    string Path => string.Join('.', path.Reverse());

    static SchemaElement Element(PhysicalType type, LogicalKind logical = LogicalKind.None, ConvertedType converted = ConvertedType.None) =>
        new() { Type = type, Logical = logical, Converted = converted };

    static SchemaElement Fixed(int bytes, LogicalKind logical, ConvertedType converted = ConvertedType.None) =>
        new() { Type = PhysicalType.FixedLenByteArray, TypeLength = bytes, Logical = logical, Converted = converted };
}

/// <summary>Columns seen as the values Parquet stores.</summary>
static class StoredAs
{
    public static ReadOnlySpan<byte> Raw(Column column) => CellBytes.Data(column).Span;

    public static StoredValues<long> Ticks(string path) => column => column is FixedColumn<long> c ? c.Values : throw TooLarge(path, column);

    public static StoredValues<TTo> Widened<TFrom, TTo>() where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo> =>
        Once(column => Array.ConvertAll(((FixedColumn<TFrom>)column).Values.ToArray(), TTo.CreateTruncating));

    public static StoredValues<T> Narrowed<T>(string path) where T : unmanaged, INumber<T> => Converted<Int128, T>(path, T.CreateChecked);

    public static StoredValues<T> Thousandfold<T>(string path) where T : unmanaged, INumber<T> =>
        Converted<T, T>(path, v => checked(v * T.CreateTruncating(1_000)));

    /// <summary>Two's complement, highest byte first.</summary>
    public static StoredValues<byte> BigEndian(string path, int width) => Once(column =>
    {
        var from = CellBytes.Data(column).Span;
        var stride = column is FixedBinaryColumn wide ? wide.Width : Unsafe.SizeOf<Int128>();
        var to = new byte[column.Length * width];
        for (var i = 0; i < column.Length; i++)
        {
            if (column.IsNull(i)) continue;
            var value = from.Slice(i * stride, stride);
            var sign = (value[width - 1] & 0x80) != 0 ? (byte)0xFF : (byte)0;
            if (value[width..].ContainsAnyExcept(sign)) throw TooLarge(path, column);
            for (var b = 0; b < width; b++) to[i * width + b] = value[width - 1 - b];
        }
        return to;
    });

    /// <summary>Months, days and milliseconds, each four bytes.</summary>
    public static StoredValues<byte> Interval(string path) => column =>
    {
        var to = new byte[column.Length * 12];
        for (var i = 0; i < column.Length; i++)
        {
            var value = column is FixedColumn<DayTime> d ? new MonthDayNano(0, d[i].Days, d[i].Milliseconds * 1_000_000L)
                : ((FixedColumn<MonthDayNano>)column)[i];
            if (column.IsNull(i)) continue;
            if (value.Months < 0 || value.Days < 0 || value.Nanoseconds < 0 || value.Nanoseconds % 1_000_000 != 0
                || value.Nanoseconds / 1_000_000 > uint.MaxValue)
                throw new UnsupportedTypeException(
                    $"column '{path}': the interval {value} cannot be written as Parquet, which has unsigned months, days and milliseconds");
            BinaryPrimitives.WriteInt32LittleEndian(to.AsSpan(12 * i), value.Months);
            BinaryPrimitives.WriteInt32LittleEndian(to.AsSpan(12 * i + 4), value.Days);
            BinaryPrimitives.WriteUInt32LittleEndian(to.AsSpan(12 * i + 8), (uint)(value.Nanoseconds / 1_000_000));
        }
        return to;
    };

    // What lies under a null may be anything.
    static StoredValues<TTo> Converted<TFrom, TTo>(string path, Func<TFrom, TTo> convert) where TFrom : unmanaged where TTo : unmanaged =>
        Once(column =>
    {
        var from = ((FixedColumn<TFrom>)column).Values;
        var to = new TTo[from.Length];
        try
        {
            for (var i = 0; i < to.Length; i++) to[i] = column.IsNull(i) ? default : convert(from[i]);
        }
        catch (OverflowException)
        {
            throw TooLarge(path, column);
        }
        return to;
    });

    static UnsupportedTypeException TooLarge(string path, Column column) =>
        new($"column '{path}': a {column.Type} beyond what Parquet can hold of it");

    /// <summary>Converts each column once: a batch is appended in several parts.</summary>
    static StoredValues<T> Once<T>(Func<Column, T[]> convert)
    {
        Column? last = null;
        T[] values = [];
        return column =>
        {
            if (!ReferenceEquals(last, column)) (last, values) = (column, convert(column));
            return values;
        };
    }
}

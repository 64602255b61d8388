using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>Turns the buffers of a record batch into columns, each fully validated.</summary>
/// <param name="dictionaries">Values of dictionary-encoded columns by id.</param>
sealed class ArrayReader(IReadOnlyDictionary<long, Column> dictionaries)
{
    /// <summary>The next column of the batch, which must have <paramref name="rows"/> values unless that is -1: then a parent's offsets
    /// decide.</summary>
    public Column Read(ref BatchCursor cursor, ArrowField field, long rows)
    {
        try
        {
            return field.Dictionary is { } dictionary ? Indices(ref cursor, field, dictionary, rows) : Values(ref cursor, field, rows);
        }
        catch (DataFormatException fault)
        {
            throw fault.At(column: field.Name);
        }
    }

    /// <summary>A column of a field's own type, looking past its dictionary: what a dictionary batch holds.</summary>
    public Column Values(ref BatchCursor cursor, ArrowField field, long rows)
    {
        var type = field.Type;
        switch (type.Kind)
        {
            case ArrowKind.Null: return new NullColumn(cursor.Node(rows, out _));
            case ArrowKind.RunEndEncoded: return RunEnds.Read(ref cursor, this, field, rows);
            case ArrowKind.Union: return Union(ref cursor, field, rows);
        }

        var length = cursor.Node(rows, out var nulls);
        var validity = cursor.Validity(length, ref nulls);
        var n = (int)nulls;
        switch (type.Kind)
        {
            case ArrowKind.Bool:
                return new BoolColumn(length, Bits(ref cursor, length), validity, n);
            case ArrowKind.Int:
                var integer = new IntType(type.BitWidth, type.Signed);
                return (type.BitWidth, type.Signed) switch
                {
                    (8, true) => Fixed<sbyte>(ref cursor, integer, length, validity, n),
                    (8, false) => Fixed<byte>(ref cursor, integer, length, validity, n),
                    (16, true) => Fixed<short>(ref cursor, integer, length, validity, n),
                    (16, false) => Fixed<ushort>(ref cursor, integer, length, validity, n),
                    (32, true) => Fixed<int>(ref cursor, integer, length, validity, n),
                    (32, false) => Fixed<uint>(ref cursor, integer, length, validity, n),
                    (64, true) => Fixed<long>(ref cursor, integer, length, validity, n),
                    _ => Fixed<ulong>(ref cursor, integer, length, validity, n),
                };
            case ArrowKind.FloatingPoint:
                var real = new FloatType(16 << type.Unit);
                return type.Unit switch
                {
                    0 => Fixed<Half>(ref cursor, real, length, validity, n),
                    1 => Fixed<float>(ref cursor, real, length, validity, n),
                    _ => Fixed<double>(ref cursor, real, length, validity, n),
                };
            case ArrowKind.Decimal: return Decimals.Read(ref cursor, type, length, validity, n);
            case ArrowKind.Date:
                return type.Unit == 0
                    ? Fixed<int>(ref cursor, DataType.Date, length, validity, n)
                    : DaysOfMilliseconds(ref cursor, new FixedColumn<long>(DataType.Int64, length, cursor.Values(length, 8, 8), validity, n));
            case ArrowKind.Time:
                return type.BitWidth == 32
                    ? Fixed<int>(ref cursor, SchemaImport.Value(field), length, validity, n)
                    : Fixed<long>(ref cursor, SchemaImport.Value(field), length, validity, n);
            case ArrowKind.Timestamp or ArrowKind.Duration:
                return Fixed<long>(ref cursor, SchemaImport.Value(field), length, validity, n);
            case ArrowKind.Interval: return Interval(ref cursor, (IntervalKind)type.Unit, length, validity, n);
            case ArrowKind.FixedSizeBinary:
                return new FixedBinaryColumn(SchemaImport.Value(field), type.Width, length, cursor.Values(length, type.Width, 1), validity, n);
            case ArrowKind.Utf8 or ArrowKind.LargeUtf8 or ArrowKind.Binary or ArrowKind.LargeBinary:
                return Bytes(ref cursor, type.Kind, length, validity, n);
            case ArrowKind.Utf8View or ArrowKind.BinaryView:
                return Views.Read(ref cursor, type.Kind == ArrowKind.Utf8View, length, validity, n);
            case ArrowKind.List or ArrowKind.LargeList: return List(ref cursor, field, length, validity, n);
            case ArrowKind.FixedSizeList: return FixedList(ref cursor, field, length, validity, n);
            case ArrowKind.ListView or ArrowKind.LargeListView: return ListViews.Read(ref cursor, this, field, length, validity, n);
            case ArrowKind.Map: return Map(ref cursor, field, length, validity, n);
            case ArrowKind.Struct:
                var children = new Column[field.Children.Count];
                for (var i = 0; i < children.Length; i++) children[i] = Read(ref cursor, field.Children[i], length);
                return new StructColumn((StructType)SchemaImport.Value(field), length, children, validity, n);
            default: throw new DataFormatException($"the type {type.Kind} cannot be read");
        }
    }

    static FixedColumn<T> Fixed<T>(ref BatchCursor cursor, DataType type, int length, ReadOnlyMemory<byte> validity, int nulls) where T : unmanaged =>
        new(type, length, cursor.Values(length, Unsafe.SizeOf<T>(), Unsafe.SizeOf<T>()), validity, nulls);

    static ReadOnlyMemory<byte> Bits(ref BatchCursor cursor, int length) => cursor.Values(Bitmap.Bytes(length), 1, 1);

    static FixedColumn<int> DaysOfMilliseconds(ref BatchCursor cursor, FixedColumn<long> times)
    {
        const long DayMilliseconds = 86_400_000;
        cursor.Expand(4L * times.Length);
        var days = new int[times.Length];
        for (var i = 0; i < days.Length; i++)
        {
            if (times.IsNull(i)) continue;
            var day = Math.DivRem(times[i], DayMilliseconds, out var rest) - (rest < 0 ? 1 : 0);
            days[i] = day is >= int.MinValue and <= int.MaxValue ? (int)day : throw new DataFormatException($"row {i}: a date of {times[i]} ms");
        }
        return new FixedColumn<int>(DataType.Date, days.Length, MemoryMarshal.AsBytes(days.AsSpan()).ToArray(), times.Validity, times.NullCount);
    }

    static Column Interval(ref BatchCursor cursor, IntervalKind kind, int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var type = new IntervalType(kind);
        switch (kind)
        {
            case IntervalKind.YearMonth: return Fixed<int>(ref cursor, type, length, validity, nulls);
            case IntervalKind.DayTime: return new FixedColumn<DayTime>(type, length, cursor.Values(length, 8, 4), validity, nulls);
        }
        var data = cursor.Values(length, 16, 1);
        if (cursor.BigEndian) data = SwapMonthDayNano(ref cursor, data);
        return new FixedColumn<MonthDayNano>(type, length, data, validity, nulls);
    }

    static byte[] SwapMonthDayNano(ref BatchCursor cursor, ReadOnlyMemory<byte> data)
    {
        cursor.Expand(data.Length);
        var copy = data.ToArray();
        for (var at = 0; at < copy.Length; at += 16)
        {
            copy.AsSpan(at, 4).Reverse();
            copy.AsSpan(at + 4, 4).Reverse();
            copy.AsSpan(at + 8, 8).Reverse();
        }
        return copy;
    }

    static BytesColumn Bytes(ref BatchCursor cursor, ArrowKind kind, int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var (offsets, start) = Offsets.Read(ref cursor, length, kind is ArrowKind.LargeUtf8 or ArrowKind.LargeBinary);
        var data = cursor.Buffer();
        if (start > data.Length) throw new DataFormatException($"the first offset is {start}, past the end of the data at {data.Length}");
        data = data[(int)start..];
        Offsets.Check(MemoryMarshal.Cast<byte, int>(offsets.Span)[..(length + 1)], data.Length);
        if (kind is ArrowKind.Binary or ArrowKind.LargeBinary) return new BinaryColumn(length, offsets, data, validity, nulls);
        var text = new Utf8Column(length, offsets, data, validity, nulls);
        Offsets.CheckText(text);
        return text;
    }

    ListColumn List(ref BatchCursor cursor, ArrowField field, int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var (offsets, start) = Offsets.Read(ref cursor, length, field.Type.Kind == ArrowKind.LargeList);
        var items = Read(ref cursor, field.Children[0], -1);
        items = From(items, start);
        Offsets.Check(MemoryMarshal.Cast<byte, int>(offsets.Span)[..(length + 1)], items.Length);
        return new ListColumn((ListType)SchemaImport.Value(field), length, offsets, items, validity, nulls);
    }

    static Column From(Column items, long start)
    {
        if (start > items.Length) throw new DataFormatException($"the first offset is {start}, past the end of {items.Length} items");
        return start == 0 ? items : items.Slice((int)start, items.Length - (int)start);
    }

    ListColumn FixedList(ref BatchCursor cursor, ArrowField field, int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var width = field.Type.Width;
        if ((long)length * width > int.MaxValue) throw new DataFormatException($"{length} lists of {width} items are more than a batch can hold");
        cursor.Expand(4 * (length + 1L));
        var offsets = new int[length + 1];
        for (var i = 1; i < offsets.Length; i++) offsets[i] = i * width;
        var items = Read(ref cursor, field.Children[0], (long)length * width);
        return new ListColumn((ListType)SchemaImport.Value(field), length, MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray(), items, validity, nulls);
    }

    MapColumn Map(ref BatchCursor cursor, ArrowField field, int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var type = (MapType)SchemaImport.Value(field);
        var (offsets, _) = Offsets.Read(ref cursor, length, large: false);
        var entries = (StructColumn)Read(ref cursor, field.Children[0], -1);
        Offsets.Check(MemoryMarshal.Cast<byte, int>(offsets.Span)[..(length + 1)], entries.Length);
        if (entries.NullCount > 0) throw new DataFormatException("a map with an entry that is null");
        return new MapColumn(type, length, offsets, entries.Children[0], entries.Children[1], validity, nulls);
    }

    UnionColumn Union(ref BatchCursor cursor, ArrowField field, long rows)
    {
        var type = (UnionType)SchemaImport.Value(field);
        var length = cursor.Node(rows, out var nulls);
        if (cursor.UnionsHaveValidity && !cursor.Validity(length, ref nulls).IsEmpty)
            throw new DataFormatException("a union with nulls of its own, a form given up in 2020");
        var ids = cursor.Values(length, 1, 1);
        var offsets = type.Dense ? cursor.Values(length, 4, 4) : default;
        var children = new Column[field.Children.Count];
        for (var i = 0; i < children.Length; i++) children[i] = Read(ref cursor, field.Children[i], type.Dense ? -1 : length);

        var places = MemoryMarshal.Cast<byte, int>(offsets.Span);
        for (var i = 0; i < length; i++)
        {
            var child = type.TypeIds is int[] numbers ? Array.IndexOf(numbers, ids.Span[i]) : -1;
            if (child < 0) throw new DataFormatException($"row {i}: the union has no alternative {ids.Span[i]}");
            if (type.Dense && (uint)places[i] >= (uint)children[child].Length)
                throw new DataFormatException($"row {i}: place {places[i]} in an alternative of {children[child].Length} values");
        }
        return new UnionColumn(type, length, ids, offsets, children);
    }

    DictionaryColumn Indices(ref BatchCursor cursor, ArrowField field, ArrowDictionary dictionary, long rows)
    {
        var length = cursor.Node(rows, out var nulls);
        var validity = cursor.Validity(length, ref nulls);
        var width = dictionary.Index.BitWidth / 8;
        var raw = cursor.Values(length, width, width);
        if (!dictionaries.TryGetValue(dictionary.Id, out var values))
        {
            // A column of nulls needs no dictionary, and some writers send none.
            if (nulls < length) throw new DataFormatException($"no dictionary {dictionary.Id} came before the rows that use it");
            values = ColumnBuilder.For(SchemaImport.Value(field)).Build();
        }
        if (dictionary.Index is not { BitWidth: 32, Signed: true })
        {
            cursor.Expand(4L * length);
            raw = Narrow(raw, dictionary.Index, length, values.Length);
        }
        var indices = new FixedColumn<int>(DataType.Int32, length, raw, validity, (int)nulls);
        CheckRange(indices, values.Length);
        return new DictionaryColumn((DictionaryType)SchemaImport.Type(field), indices, values);
    }

    static byte[] Narrow(ReadOnlyMemory<byte> raw, ArrowType index, int length, int size)
    {
        var result = new byte[4 * length];
        var to = MemoryMarshal.Cast<byte, int>(result.AsSpan());
        var from = raw.Span;
        for (var i = 0; i < to.Length; i++)
        {
            var wide = (index.BitWidth, index.Signed) switch
            {
                (8, true) => (sbyte)from[i],
                (8, false) => from[i],
                (16, true) => MemoryMarshal.Cast<byte, short>(from)[i],
                (16, false) => MemoryMarshal.Cast<byte, ushort>(from)[i],
                (32, _) => MemoryMarshal.Cast<byte, uint>(from)[i],
                _ => MemoryMarshal.Cast<byte, long>(from)[i],
            };
            to[i] = wide >= 0 && wide < size ? (int)wide : -1; // refused below, unless it lies under a null
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CheckRange(FixedColumn<int> indices, int size)
    {
        var values = indices.Values;
        var largest = 0u; // negative indices count as very large ones
        foreach (var value in values) largest = Math.Max(largest, (uint)value);
        if (largest < (uint)size) return;
        for (var i = 0; i < values.Length; i++)
        {
            if ((uint)values[i] >= (uint)size && !indices.IsNull(i))
                throw new DataFormatException($"row {i}: index {values[i]} into a dictionary of {size} values");
        }
    }
}

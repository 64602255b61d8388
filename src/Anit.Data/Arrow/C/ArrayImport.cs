using System.Runtime.InteropServices;
using Anit.Data.Arrow.Meta;
using Anit.Data.Arrow.Read;

namespace Anit.Data.Arrow.C;

/// <summary>Arrays of the C data interface copied into the body of a record batch, which <see cref="ArrayReader"/> then checks and reads.</summary>
/// <remarks>The interface has addresses without sizes, so what its producer says of lengths and offsets is believed; values are checked as those
/// of a file are. After the copy nothing of the producer's memory is used.</remarks>
sealed unsafe class ArrayImport
{
    const int Alignment = 8;

    readonly List<long> nodes = [], places = [], variadic = [];
    readonly List<(nint Address, byte[]? Own, int Length)> parts = [];
    readonly Dictionary<long, Column> dictionaries;
    readonly ReadLimits limits;
    long size;

    ArrayImport(Dictionary<long, Column> dictionaries, ReadLimits limits) => (this.dictionaries, this.limits) = (dictionaries, limits);

    /// <summary>The rows of a struct whose children are the columns.</summary>
    public static ColumnBatch Batch(CArray* array, ArrowSchema arrow, Schema schema, ReadLimits limits)
    {
        if (array->ChildCount != arrow.Fields.Count)
            throw new DataFormatException($"an ArrowArray of {array->ChildCount} columns, its schema has {arrow.Fields.Count}");
        if (array->Length is < 0 or > int.MaxValue || array->Offset < 0) throw new DataFormatException($"an ArrowArray of {array->Length} rows");
        if (array->NullCount != 0 && array->BufferCount > 0 && array->Buffers[0] is not null && !AllValid(array))
            throw new DataFormatException("an ArrowArray with rows that are null, which a table does not have");
        var import = new ArrayImport([], limits);
        for (var i = 0; i < arrow.Fields.Count; i++) import.Add(array->Children[i], arrow.Fields[i], array->Offset, array->Length);
        var columns = new Column[arrow.Fields.Count];
        var cursor = import.Cursor(array->Length);
        var reader = new ArrayReader(import.dictionaries);
        for (var i = 0; i < columns.Length; i++)
            Nullability.Check(schema.Fields[i], columns[i] = reader.Read(ref cursor, arrow.Fields[i], array->Length));
        return new ColumnBatch(schema, columns, (int)array->Length);
    }

    static bool AllValid(CArray* array)
    {
        var bits = new ReadOnlySpan<byte>(array->Buffers[0], checked((int)((array->Offset + array->Length + 7) / 8)));
        for (var i = 0L; i < array->Length; i++)
            if (!Bitmap.Get(bits, (int)(array->Offset + i))) return false;
        return true;
    }

    BatchCursor Cursor(long rows)
    {
        var body = GC.AllocateUninitializedArray<byte>(checked((int)size));
        for (var i = 0; i < parts.Count; i++)
        {
            var (address, own, length) = parts[i];
            (own ?? new ReadOnlySpan<byte>((void*)address, length)).CopyTo(body.AsSpan((int)places[2 * i]));
        }
        var header = new BatchHeader(rows, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(nodes)),
            MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(places)), MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(variadic)));
        return new BatchCursor(header, body, version: 4, bigEndian: false, limits);
    }

    /// <summary>Adds some values of an array, counted from its own offset.</summary>
    void Add(CArray* array, ArrowField field, long from, long length)
    {
        if (array is null || array->Release is null) throw new DataFormatException($"column '{field.Name}' is released already");
        if (array->Offset < 0 || from < 0 || length < 0 || from > array->Length - length)
            throw new DataFormatException($"column '{field.Name}' has {array->Length} values where {from + length} are needed");
        var (at, kind) = (array->Offset + from, field.Dictionary is null ? field.Type.Kind : ArrowKind.Int);
        nodes.AddRange([length, -1]);
        switch (kind)
        {
            case ArrowKind.Null: return;
            case ArrowKind.RunEndEncoded:
                Runs(array, field, at, length);
                return;
            case ArrowKind.Union:
                Fixed(Buffer(array, field, 0), at, length, 1, field);
                if (field.Type.Unit == 1) Fixed(Buffer(array, field, 1), at, length, 4, field);
                for (var i = 0; i < field.Children.Count; i++)
                {
                    var child = Child(array, field, i);
                    if (field.Type.Unit == 1) Add(child, field.Children[i], 0, child->Length);
                    else Add(child, field.Children[i], at, length);
                }
                return;
        }

        Bits(Buffer(array, field, 0), at, length, field, optional: true);
        switch (kind)
        {
            case ArrowKind.Bool: Bits(Buffer(array, field, 1), at, length, field, optional: false); break;
            case ArrowKind.Utf8 or ArrowKind.Binary or ArrowKind.LargeUtf8 or ArrowKind.LargeBinary:
                var (start, end) = Offsets(Buffer(array, field, 1), at, length, kind is ArrowKind.LargeUtf8 or ArrowKind.LargeBinary, field);
                Fixed(Buffer(array, field, 2), start, end - start, 1, field);
                break;
            case ArrowKind.List or ArrowKind.LargeList or ArrowKind.Map:
                (start, end) = Offsets(Buffer(array, field, 1), at, length, kind == ArrowKind.LargeList, field);
                Add(Child(array, field, 0), field.Children[0], start, end - start);
                break;
            case ArrowKind.FixedSizeList: Add(Child(array, field, 0), field.Children[0], at * field.Type.Width, length * field.Type.Width); break;
            case ArrowKind.Struct:
                for (var i = 0; i < field.Children.Count; i++) Add(Child(array, field, i), field.Children[i], at, length);
                break;
            case ArrowKind.ListView or ArrowKind.LargeListView:
                for (var i = 1; i <= 2; i++) Fixed(Buffer(array, field, i), at, length, kind == ArrowKind.ListView ? 4 : 8, field);
                Add(Child(array, field, 0), field.Children[0], 0, Child(array, field, 0)->Length);
                break;
            case ArrowKind.Utf8View or ArrowKind.BinaryView: Views(array, field, at, length); break;
            default:
                Fixed(Buffer(array, field, 1), at, length, Width(field.Dictionary?.Index ?? field.Type), field);
                if (field.Dictionary is { } dictionary) Dictionary(array, field, dictionary);
                break;
        }
    }

    void Dictionary(CArray* array, ArrowField field, ArrowDictionary dictionary)
    {
        if (array->Dictionary is null) throw new DataFormatException($"column '{field.Name}' has no dictionary");
        var values = new ArrayImport(dictionaries, limits);
        var plain = field with { Dictionary = null };
        values.Add(array->Dictionary, plain, 0, array->Dictionary->Length);
        var cursor = values.Cursor(array->Dictionary->Length);
        dictionaries[dictionary.Id] = new ArrayReader(dictionaries).Values(ref cursor, plain, array->Dictionary->Length);
    }

    // Run ends count from the beginning of the array: those of a part are moved.
    void Runs(CArray* array, ArrowField field, long at, long length)
    {
        var ends = Child(array, field, 0);
        var width = field.Children[0].Type.BitWidth / 8;
        var from = (byte*)Buffer(ends, field.Children[0], 1) + ends->Offset * width;
        long End(long run) => width switch { 2 => ((short*)from)[run], 4 => ((int*)from)[run], _ => ((long*)from)[run] };
        var first = 0L;
        while (first < ends->Length && End(first) <= at) first++;
        var count = 0L;
        while (first + count < ends->Length && (count == 0 || End(first + count - 1) < at + length)) count++;
        if (length == 0) count = 0;
        var moved = new byte[count * width];
        for (var run = 0; run < count; run++)
        {
            var end = Math.Min(End(first + run) - at, length);
            switch (width)
            {
                case 2: MemoryMarshal.Cast<byte, short>(moved.AsSpan())[run] = (short)end; break;
                case 4: MemoryMarshal.Cast<byte, int>(moved.AsSpan())[run] = (int)end; break;
                default: MemoryMarshal.Cast<byte, long>(moved.AsSpan())[run] = end; break;
            }
        }
        nodes.AddRange([count, -1]);
        Put(0, null, 0);
        Put(0, moved, moved.Length);
        Add(Child(array, field, 1), field.Children[1], first, count);
    }

    // A buffer of 16 bytes a value, the buffers of long ones, and a last one with these buffers' lengths.
    void Views(CArray* array, ArrowField field, long at, long length)
    {
        if (array->BufferCount < 3) throw new DataFormatException($"column '{field.Name}' has {array->BufferCount} buffers, views need 3 at least");
        var count = (int)array->BufferCount - 3;
        variadic.Add(count);
        Fixed(Buffer(array, field, 1), at, length, 16, field);
        for (var i = 0; i < count; i++) Fixed(Buffer(array, field, 2 + i), 0, ((long*)Buffer(array, field, 2 + count))[i], 1, field);
    }

    static int Width(ArrowType type) => type.Kind switch
    {
        ArrowKind.Int or ArrowKind.Decimal or ArrowKind.Time => type.BitWidth / 8,
        ArrowKind.FloatingPoint => 2 << type.Unit,
        ArrowKind.Date => type.Unit == 0 ? 4 : 8,
        ArrowKind.Interval => type.Unit switch { 0 => 4, 1 => 8, _ => 16 },
        ArrowKind.FixedSizeBinary => type.Width,
        _ => 8, // timestamps and durations
    };

    static void* Buffer(CArray* array, ArrowField field, int i) => i < array->BufferCount ? array->Buffers[i]
        : throw new DataFormatException($"column '{field.Name}' has {array->BufferCount} buffers, {i + 1} at least are needed");

    static CArray* Child(CArray* array, ArrowField field, int i) => i < array->ChildCount ? array->Children[i]
        : throw new DataFormatException($"column '{field.Name}' has {array->ChildCount} children, {i + 1} at least are needed");

    void Fixed(void* buffer, long at, long count, int width, ArrowField field)
    {
        if (count * width == 0) Put(0, null, 0);
        else if (buffer is null) throw Missing(field);
        else Put((nint)buffer + (nint)(at * width), null, count * width);
    }

    void Bits(void* buffer, long at, long count, ArrowField field, bool optional)
    {
        if (count == 0 || buffer is null && optional) Put(0, null, 0);
        else if (buffer is null) throw Missing(field);
        else if (at % 8 == 0) Put((nint)buffer + (nint)(at / 8), null, (count + 7) / 8);
        else
        {
            var bits = new byte[(count + 7) / 8];
            for (var i = 0; i < count; i++)
                if ((((byte*)buffer)[(at + i) >> 3] >> (int)((at + i) & 7) & 1) != 0) Bitmap.Set(bits, i);
            Put(0, bits, bits.Length);
        }
    }

    // Offsets that begin at 0, and the first and last of those that were there.
    (long Start, long End) Offsets(void* buffer, long at, long count, bool large, ArrowField field)
    {
        if (count == 0 || buffer is null)
        {
            if (count > 0) throw Missing(field);
            Put(0, null, 0);
            return (0, 0);
        }
        long Offset(long i) => large ? ((long*)buffer)[i] : ((int*)buffer)[i];
        var (start, end) = (Offset(at), Offset(at + count));
        if (start < 0 || end < start) throw new DataFormatException($"column '{field.Name}' has offsets that fall, from {start} to {end}");
        var moved = new byte[(count + 1) * (large ? 8 : 4)];
        for (var i = 0; i <= count; i++)
        {
            if (large) MemoryMarshal.Cast<byte, long>(moved.AsSpan())[i] = Offset(at + i) - start;
            else MemoryMarshal.Cast<byte, int>(moved.AsSpan())[i] = (int)(Offset(at + i) - start);
        }
        Put(0, moved, moved.Length);
        return (start, end);
    }

    void Put(nint address, byte[]? own, long length)
    {
        parts.Add((address, own, checked((int)length)));
        places.AddRange([size, length]);
        size += (length + Alignment - 1) / Alignment * Alignment;
        if (size > int.MaxValue) throw ReadLimits.Exceeded("the memory of one record batch", size, "of 2 GiB", int.MaxValue);
    }

    static DataFormatException Missing(ArrowField field) => new($"column '{field.Name}' lacks a buffer");
}

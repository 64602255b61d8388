using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Anit.Data.Arrow.C;

/// <summary>Columns handed over without a copy: their memory is pinned until the other side releases it.</summary>
static unsafe class ArrayExport
{
    const int Alignment = 8;

    /// <summary>Memory of one array: pins, and copies of what was not aligned.</summary>
    sealed class Memory
    {
        public List<MemoryHandle> Pins { get; } = [];
        public List<nint> Copies { get; } = [];
    }

    public static void Batch(ColumnBatch batch, CArray* to) =>
        Fill(new StructColumn(new StructType(batch.Schema.Fields), batch.Rows, batch.Columns), "", to);

    static void Fill(Column column, string name, CArray* to)
    {
        *to = default;
        Column[] children = [];
        ReadOnlyMemory<byte>[] buffers;
        var (validity, dictionary) = (column.Validity, (Column?)null);
        to->NullCount = column.NullCount;
        switch (column)
        {
            case NullColumn: buffers = []; break;
            case BoolColumn c: buffers = [validity, c.Bits]; break;
            case BytesColumn c: buffers = [validity, c.OffsetBytes, c.Data]; break;
            case ListColumn c: (buffers, children) = ([validity, c.OffsetBytes], [c.Items]); break;
            case MapColumn c:
                if (c.Keys.NullCount > 0)
                    throw new UnsupportedTypeException($"column '{name}' has a map with a null as key, which Arrow does not have");
                var pairs = new StructType([((MapType)c.Type).Key, ((MapType)c.Type).Value]);
                (buffers, children) = ([validity, c.OffsetBytes], [new StructColumn(pairs, c.Keys.Length, [c.Keys, c.Items])]);
                break;
            case StructColumn c: (buffers, children) = ([validity], [.. c.Children]); break;
            case UnionColumn c:
                (buffers, children) = (((UnionType)c.Type).Dense ? [c.TypeIds, c.OffsetBytes] : [c.TypeIds], [.. c.Children]);
                to->NullCount = 0;
                break;
            case DictionaryColumn c:
                (buffers, dictionary) = ([c.Indices.Validity, c.Indices.Data], c.Values);
                to->NullCount = c.Indices.NullCount; // a null among the values stays one
                break;
            case FixedColumn<Int128> { Type: TimestampType }:
                throw new UnsupportedTypeException($"column '{name}' holds timestamps beyond 64 bits, which Arrow does not have");
            default: buffers = [validity, CellBytes.Data(column)]; break;
        }

        var memory = new Memory();
        to->Length = column.Length;
        to->BufferCount = buffers.Length;
        to->Buffers = (void**)CMemory.Pointers<byte>(buffers.Length);
        for (var i = 0; i < buffers.Length; i++) to->Buffers[i] = Pinned(buffers[i], memory);
        to->Children = CMemory.Pointers<CArray>(children.Length);
        to->Owned = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(memory));
        to->Release = &Release;
        CMemory.CountArrays(1);
        try
        {
            for (var i = 0; i < children.Length; i++)
            {
                to->Children[i] = CMemory.New<CArray>();
                to->ChildCount = i + 1;
                Fill(children[i], name.Length > 0 ? name : column.Type is StructType t ? t.Fields[i].Name : "", to->Children[i]);
            }
            if (dictionary is null) return;
            to->Dictionary = CMemory.New<CArray>();
            Fill(dictionary, name, to->Dictionary);
        }
        catch
        {
            to->Release(to);
            throw;
        }
    }

    static void* Pinned(ReadOnlyMemory<byte> bytes, Memory memory)
    {
        if (bytes.IsEmpty) return null;
        var pin = bytes.Pin();
        if ((nuint)pin.Pointer % Alignment == 0)
        {
            memory.Pins.Add(pin);
            return pin.Pointer;
        }
        var copy = NativeMemory.AlignedAlloc((nuint)bytes.Length, 64);
        bytes.Span.CopyTo(new Span<byte>(copy, bytes.Length));
        pin.Dispose();
        memory.Copies.Add((nint)copy);
        return copy;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Release(CArray* array)
    {
        for (var i = 0; i < array->ChildCount; i++) End(array->Children[i]);
        if (array->Dictionary is not null) End(array->Dictionary);
        var handle = GCHandle.FromIntPtr((nint)array->Owned);
        var memory = (Memory)handle.Target!;
        foreach (var pin in memory.Pins) pin.Dispose();
        foreach (var copy in memory.Copies) NativeMemory.AlignedFree((void*)copy);
        handle.Free();
        CMemory.Free(array->Buffers);
        CMemory.Free(array->Children);
        array->Release = null;
        CMemory.CountArrays(-1);

        static void End(CArray* child)
        {
            if (child->Release is not null) child->Release(child); // else it was taken out
            CMemory.Free(child);
        }
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Anit.Data.Arrow.FlatBuffers;

/// <summary>Writes a FlatBuffer back to front: children first, then the table that points at them.</summary>
/// <remarks>Places are counted from the end of the buffer, so that growing it at the front moves nothing.</remarks>
sealed class FlatBuilder
{
    byte[] buffer = new byte[1024];
    int used; // bytes at the end of `buffer` that are written
    int alignment = 1;

    int[] slots = [];
    int tableEnd;

    public int Text(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        Prepare(4, bytes + 1);
        Take(1)[0] = 0; // FlatBuffers strings end with a zero that the length does not count
        Encoding.UTF8.GetBytes(text, Take(bytes));
        PutInt32(bytes);
        return used;
    }

    /// <summary>A vector of tables or strings already written.</summary>
    public int Offsets(IReadOnlyList<int> places)
    {
        Prepare(4, 4 * places.Count);
        for (var i = places.Count - 1; i >= 0; i--) PutOffset(places[i]);
        PutInt32(places.Count);
        return used;
    }

    /// <summary>A vector of fixed-size items given as their bytes.</summary>
    public int Structs(ReadOnlySpan<byte> bytes, int count, int align)
    {
        Prepare(4, bytes.Length);
        Prepare(align, bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
        PutInt32(count);
        return used;
    }

    public void Begin(int fields)
    {
        slots = new int[fields];
        tableEnd = used;
    }

    public void Bool(int slot, bool value) => Byte(slot, value ? (byte)1 : (byte)0);

    public void Byte(int slot, byte value)
    {
        if (value == 0) return;
        Prepare(1, 0);
        Take(1)[0] = value;
        slots[slot] = used;
    }

    public void Int16(int slot, short value, short otherwise = 0)
    {
        if (value == otherwise) return;
        Prepare(2, 0);
        BinaryPrimitives.WriteInt16LittleEndian(Take(2), value);
        slots[slot] = used;
    }

    public void Int32(int slot, int value, int otherwise = 0)
    {
        if (value == otherwise) return;
        Prepare(4, 0);
        PutInt32(value);
        slots[slot] = used;
    }

    public void Int64(int slot, long value, long otherwise = 0)
    {
        if (value == otherwise) return;
        Prepare(8, 0);
        BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);
        slots[slot] = used;
    }

    /// <summary>A field that points at something written before; place 0 means absent.</summary>
    public void Offset(int slot, int place)
    {
        if (place == 0) return;
        Prepare(4, 0);
        PutOffset(place);
        slots[slot] = used;
    }

    /// <summary>Closes the table with its vtable and returns its place.</summary>
    public int End()
    {
        Prepare(4, 0);
        var back = Take(4); // the signed offset to the vtable, known below
        var table = used;
        back.Clear();
        var fields = slots.Length;
        while (fields > 0 && slots[fields - 1] == 0) fields--;
        for (var i = fields - 1; i >= 0; i--)
            BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)(slots[i] == 0 ? 0 : table - slots[i]));
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)(table - tableEnd));
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)(4 + 2 * fields));
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(buffer.Length - table), used - table);
        return table;
    }

    /// <summary>The whole buffer, its root first, padded so that every value lies aligned.</summary>
    public byte[] Finish(int root)
    {
        Prepare(Math.Max(alignment, 8), 4);
        PutOffset(root);
        return buffer[^used..];
    }

    void Prepare(int align, int extra)
    {
        alignment = Math.Max(alignment, align);
        var padding = -(used + extra) & (align - 1);
        if (padding > 0) Take(padding).Clear();
    }

    void PutInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    void PutOffset(int place)
    {
        var bytes = Take(4);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, used - place);
    }

    Span<byte> Take(int bytes)
    {
        if (used + bytes > buffer.Length)
        {
            var larger = new byte[Math.Max(2 * buffer.Length, used + bytes)];
            buffer.AsSpan(buffer.Length - used).CopyTo(larger.AsSpan(larger.Length - used));
            buffer = larger;
        }
        used += bytes;
        return buffer.AsSpan(buffer.Length - used, bytes);
    }
}

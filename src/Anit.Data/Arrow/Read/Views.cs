using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Anit.Data.Arrow.Read;

/// <summary>Utf8View and BinaryView: 16 bytes a value, short ones inline, long ones in one of several buffers.</summary>
static class Views
{
    const int Inline = 12;

    public static BytesColumn Read(ref BatchCursor cursor, bool text, int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var buffers = new ReadOnlyMemory<byte>[cursor.Variadic()];
        var views = cursor.Values(length, 16, 1);
        for (var i = 0; i < buffers.Length; i++) buffers[i] = cursor.Buffer();

        cursor.Expand(4 * (length + 1L));
        var offsets = new byte[4 * (length + 1)];
        var ends = MemoryMarshal.Cast<byte, int>(offsets.AsSpan());
        long total = 0;
        for (var i = 0; i < length; i++)
        {
            // A view under a null may be anything.
            if (validity.IsEmpty || Bitmap.Get(validity.Span, i)) total += Find(views.Span.Slice(16 * i, 16), buffers, cursor.BigEndian, i).Length;
            if (total > int.MaxValue) throw ReadLimits.Exceeded("the text of one column in one batch", total, "of 2 GiB", int.MaxValue);
            ends[i + 1] = (int)total;
        }

        cursor.Expand(total); // views may share bytes, so a small batch can name very much text
        var data = GC.AllocateUninitializedArray<byte>((int)total);
        for (var i = 0; i < length; i++)
            if (ends[i + 1] > ends[i]) Find(views.Span.Slice(16 * i, 16), buffers, cursor.BigEndian, i).CopyTo(data.AsSpan(ends[i]));

        if (!text) return new BinaryColumn(length, offsets, data, validity, nulls);
        var column = new Utf8Column(length, offsets, data, validity, nulls);
        Offsets.CheckText(column);
        return column;
    }

    static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> view, ReadOnlyMemory<byte>[] buffers, bool bigEndian, int row)
    {
        var length = Number(view, bigEndian);
        if (length < 0) throw new DataFormatException($"row {row}: a view of {length} bytes");
        if (length <= Inline) return view.Slice(4, length);
        var (buffer, offset) = (Number(view[8..], bigEndian), Number(view[12..], bigEndian));
        if ((uint)buffer >= (uint)buffers.Length) throw new DataFormatException($"row {row}: a view into buffer {buffer} of {buffers.Length}");
        if (offset < 0 || offset > buffers[buffer].Length - length)
            throw new DataFormatException($"row {row}: a view of {length} bytes at {offset} in a buffer of {buffers[buffer].Length}");
        var bytes = buffers[buffer].Span.Slice(offset, length);
        if (!bytes[..4].SequenceEqual(view.Slice(4, 4)))
            throw new DataFormatException($"row {row}: the view's first four bytes are not those of its text");
        return bytes;
    }

    static int Number(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes);
}

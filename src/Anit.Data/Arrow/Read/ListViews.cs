using System.Runtime.InteropServices;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>List views: an offset and a size a row, in any order, even overlapping.</summary>
static class ListViews
{
    public static ListColumn Read(ref BatchCursor cursor, ArrayReader reader, ArrowField field, int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var width = field.Type.Kind == ArrowKind.LargeListView ? 8 : 4;
        var starts = cursor.Values(length, width, width);
        var sizes = cursor.Values(length, width, width);
        var items = reader.Read(ref cursor, field.Children[0], -1);

        cursor.Expand(4 * (length + 1L));
        var offsets = new int[length + 1];
        var direct = true; // rows follow each other, so the items can be used as they lie
        for (var i = 0; i < length; i++)
        {
            var (start, size) = validity.IsEmpty || Bitmap.Get(validity.Span, i) ? (At(starts, i), At(sizes, i)) : (0, 0);
            if (start < 0 || size < 0 || size > items.Length || start > items.Length - size)
                throw new DataFormatException($"row {i}: a list view of {size} items at {start} into {items.Length}");
            direct &= size == 0 || start == offsets[i];
            var end = offsets[i] + size;
            offsets[i + 1] = end <= int.MaxValue ? (int)end : throw ReadLimits.Exceeded("list items in one batch", end, "of 32 bits", int.MaxValue);
        }
        if (!direct)
        {
            cursor.Expand(4L * offsets[^1]);
            var rows = new int[offsets[^1]];
            for (var i = 0; i < length; i++)
            {
                for (var k = 0; k < offsets[i + 1] - offsets[i]; k++)
                {
                    rows[offsets[i] + k] = (int)At(starts, i) + k;
                    cursor.Expand(Weight.Of(items, rows[offsets[i] + k]));
                }
            }
            items = items.Take(rows);
        }
        return new ListColumn((ListType)SchemaImport.Value(field), length, MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray(), items, validity, nulls);

        long At(ReadOnlyMemory<byte> bytes, int i) =>
            width == 8 ? MemoryMarshal.Cast<byte, long>(bytes.Span)[i] : MemoryMarshal.Cast<byte, int>(bytes.Span)[i];
    }
}

/// <summary>About how many bytes a copy of one value takes; stops bombs made of shared values.</summary>
static class Weight
{
    const int Smallest = 8;

    public static long Of(Column column, int row)
    {
        if (column.IsNull(row)) return Smallest;
        switch (column)
        {
            case BytesColumn c: return Smallest + c.Offsets[row + 1] - c.Offsets[row];
            case FixedBinaryColumn c: return Smallest + c.Width;
            case FixedColumn<Int128> or FixedColumn<MonthDayNano>: return 16;
            case StructColumn c: return c.Children.Sum(child => Of(child, row));
            case UnionColumn c: return c.Resolve(row) is var (child, at) ? Of(child, at) : 0;
            case ListColumn c: return Range(c.Items, c.Offsets[row], c.Offsets[row + 1]);
            case MapColumn c: return Range(c.Keys, c.Offsets[row], c.Offsets[row + 1]) + Range(c.Items, c.Offsets[row], c.Offsets[row + 1]);
            default: return Smallest;
        }
    }

    static long Range(Column items, int start, int end)
    {
        long sum = Smallest;
        for (var i = start; i < end; i++) sum += Of(items, i);
        return sum;
    }
}

using System.Text;
using Anit.Data.Csv;
using Anit.Data.Json;

namespace Anit.Data;

/// <summary>Columns of other types by way of their text: what is shown as a date can become one.</summary>
static class TextCasts
{
    public static Column To(Column column, DataType type)
    {
        if (type is NullType or UnionType or IntervalType or MapType or FixedBinaryType || column.Type is BinaryType or FixedBinaryType or UnionType)
            throw Casts.Refused(column.Type, type);
        var (builder, cells) = (ColumnBuilder.For(type), new CsvCells(ReadLimits.Default));
        for (var row = 0; row < column.Length; row++)
        {
            if (column.IsNull(row))
            {
                builder.AppendNull();
                continue;
            }
            try
            {
                cells.Append(builder, Bytes(column, row), quoted: true, "", inferred: false);
            }
            catch (DataFormatException)
            {
                throw Casts.Lost(column, row, type);
            }
        }
        return builder.Build();
    }

    /// <summary>A cell as text: what a column of text has, what JSON shows of other types, without quotes.</summary>
    public static ReadOnlySpan<byte> Bytes(Column column, int row)
    {
        (column, row) = Cells.Decoded(column, row);
        if (column is Utf8Column text) return text.Bytes(row);
        var shown = new ByteBuffer();
        CellJson.Write(shown, column, row);
        return shown.Written is [(byte)'"', .., (byte)'"'] and var quoted ? quoted[1..^1] : shown.Written; // such text has no escapes
    }

    /// <summary>A cell as text, shortened for a message.</summary>
    public static string Shown(Column column, int row)
    {
        const int Most = 40;
        if (column.IsNull(row)) return "null";
        var text = Encoding.UTF8.GetString(Bytes(column, row));
        return text.Length <= Most ? $"'{text}'" : $"'{text[..Most]}...'";
    }
}

using System.Text;

namespace Anit.Data;

/// <summary>Cells by meaning, whatever the encoding: text from plain or dictionary columns, numbers of any width.</summary>
public static class Cells
{
    /// <summary>The UTF-8 text (or the bytes) of a cell; empty where null.</summary>
    public static ReadOnlySpan<byte> Utf8(this Column column, int row)
    {
        if (column.IsNull(row)) return default;
        return column switch
        {
            BytesColumn c => c.Bytes(row),
            DictionaryColumn c => c.Values.Utf8(c.Indices[row]),
            FixedBinaryColumn c => c.Bytes(row),
            _ => throw NotA("text", column),
        };
    }

    /// <summary>The text of a cell as a string, or null.</summary>
    public static string? Text(this Column column, int row) => column.IsNull(row) ? null : Encoding.UTF8.GetString(column.Utf8(row));

    /// <summary>A number of any integer, float or decimal type as double, or null.</summary>
    public static double? Number(this Column column, int row)
    {
        if (column.IsNull(row)) return null;
        return column switch
        {
            FixedColumn<double> c => c[row],
            FixedColumn<float> c => c[row],
            FixedColumn<Half> c => (double)c[row],
            FixedColumn<ulong> c => c[row],
            FixedColumn<Int128> { Type: DecimalType t } c => (double)c[row] / Math.Pow(10, t.Scale),
            _ => column.Integer(row),
        };
    }

    /// <summary>An integer, date, time or timestamp as its 64-bit number, or null; an error if it does not fit.</summary>
    public static long? Integer(this Column column, int row)
    {
        if (column.IsNull(row)) return null;
        return column switch
        {
            FixedColumn<long> c => c[row],
            FixedColumn<int> c => c[row],
            FixedColumn<short> c => c[row],
            FixedColumn<sbyte> c => c[row],
            FixedColumn<byte> c => c[row],
            FixedColumn<ushort> c => c[row],
            FixedColumn<uint> c => c[row],
            FixedColumn<ulong> c => checked((long)c[row]),
            FixedColumn<Int128> { Type: TimestampType } c => checked((long)c[row]),
            DictionaryColumn c => c.Values.Integer(c.Indices[row]),
            _ => throw NotA("an integer", column),
        };
    }

    /// <summary>A boolean, or null.</summary>
    public static bool? Flag(this Column column, int row) =>
        column.IsNull(row) ? null : column is BoolColumn c ? c[row] : throw NotA("a boolean", column);

    /// <summary>A list of text as strings, or null; null items become empty strings.</summary>
    public static string[]? TextList(this Column column, int row)
    {
        if (column.IsNull(row)) return null;
        if (column is not ListColumn list) throw NotA("a list of text", column);
        var (start, end) = (list.Offsets[row], list.Offsets[row + 1]);
        var texts = new string[end - start];
        for (var i = 0; i < texts.Length; i++) texts[i] = list.Items.Text(start + i) ?? "";
        return texts;
    }

    /// <summary>A list of integers, or null; null items are an error.</summary>
    public static long[]? IntegerList(this Column column, int row)
    {
        if (column.IsNull(row)) return null;
        if (column is not ListColumn list) throw NotA("a list of integers", column);
        var (start, end) = (list.Offsets[row], list.Offsets[row + 1]);
        var numbers = new long[end - start];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = list.Items.Integer(start + i) ?? throw new InvalidOperationException($"row {row}: item {i} of the list is null");
        return numbers;
    }

    /// <summary>Looks through dictionaries: the column and row that hold the value itself.</summary>
    internal static (Column Column, int Row) Decoded(Column column, int row)
    {
        while (column is DictionaryColumn d && !d.IsNull(row)) (column, row) = (d.Values, d.Indices[row]);
        return (column, row);
    }

    static InvalidOperationException NotA(string what, Column column) => new($"a column of {column.Type} does not hold {what}");
}

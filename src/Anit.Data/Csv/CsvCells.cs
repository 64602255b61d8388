using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Anit.Data.Json;

namespace Anit.Data.Csv;

/// <summary>CSV cells into typed builders: numbers and text here, all other types as the JSON they are written as.</summary>
sealed class CsvCells(ReadLimits limits)
{
    readonly JsonCells json = new(limits);
    readonly ByteBuffer text = new();

    /// <summary>The words that stand for numbers without digits.</summary>
    public static bool IsSpecial(ReadOnlySpan<byte> cell, out double value)
    {
        value = cell.SequenceEqual("NaN"u8) ? double.NaN : cell.SequenceEqual("Infinity"u8) ? double.PositiveInfinity : double.NegativeInfinity;
        return !double.IsNegativeInfinity(value) || cell.SequenceEqual("-Infinity"u8);
    }

    /// <param name="builder">Takes the cell.</param>
    /// <param name="cell">Without its quotes.</param>
    /// <param name="quoted">Whether it had quotes: an empty text instead of none.</param>
    /// <param name="column">For messages.</param>
    /// <param name="inferred">Whether nobody named the column's type: then a double takes no integer whose digits it would lose.</param>
    public void Append(ColumnBuilder builder, ReadOnlySpan<byte> cell, bool quoted, string column, bool inferred)
    {
        if (cell.IsEmpty && !quoted)
        {
            builder.AppendNull();
            return;
        }
        switch (builder)
        {
            case Utf8Builder b: b.Append(Checked(cell, column)); break;
            case DictionaryBuilder { Type: DictionaryType { Value: Utf8Type } } b: b.Append(Checked(cell, column)); break;
            case FixedBuilder<long> { Type: IntType } b:
                b.Append(Utf8Parser.TryParse(cell, out long whole, out var used) && used == cell.Length ? whole : throw Unfit(builder, cell, column));
                break;
            case FixedBuilder<double> b:
                if (IsSpecial(cell, out var number))
                {
                    b.Append(number);
                    break;
                }
                if (!Utf8Parser.TryParse(cell, out number, out used) || used != cell.Length || double.IsInfinity(number))
                    throw Unfit(builder, cell, column);
                if (inferred && !JsonNumbers.Keeps(number, cell)) throw JsonNumbers.Rounded(cell, column);
                b.Append(number);
                break;
            case BoolBuilder b:
                b.Append(cell.SequenceEqual("true"u8) || (cell.SequenceEqual("false"u8) ? false : throw Unfit(builder, cell, column)));
                break;
            default: AsJson(builder, cell, column); break;
        }
    }

    void AsJson(ColumnBuilder builder, ReadOnlySpan<byte> cell, string column)
    {
        text.Clear();
        text.Append("{\"\":"u8);
        if (builder is ListBuilder or StructBuilder or MapBuilder || builder.Type is IntType or FloatType) text.Append(cell);
        else JsonText.String(text, cell);
        text.Append((byte)'}');
        try
        {
            var reader = new Utf8JsonReader(text.Written, new JsonReaderOptions { MaxDepth = limits.Depth });
            reader.Read();
            json.Object(ref reader, [new Field("", builder.Type)], [builder], "", null);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or DataFormatException)
        {
            throw Unfit(builder, cell, column);
        }
    }

    static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> cell, string column) =>
        Utf8.IsValid(cell) ? cell : throw new DataFormatException("a cell that is not UTF-8 text; convert the file first (iconv)").At(column: column);

    static DataFormatException Unfit(ColumnBuilder builder, ReadOnlySpan<byte> cell, string column)
    {
        var shown = Encoding.UTF8.GetString(cell.Length > 40 ? cell[..40] : cell);
        return new DataFormatException(
            $"found '{shown}', which is no {builder.Type}; correct the cell, or name the column's type (anit-data convert --type {column}=text)")
                .At(column: column);
    }
}

using System.Buffers.Binary;
using Anit.Data.Json;

namespace Anit.Data;

/// <summary>Rows' keys as bytes whose order is that of the rows; equal keys have equal bytes.</summary>
/// <remarks>A byte for null or not, then the value: integers of any width in nine bytes, floats as their ordered bits (-0 as 0, one NaN), text with
/// its zero bytes escaped and an end mark. What has no order (lists, structs) is its JSON, good for equality. Bytes of descending keys are
/// inverted.</remarks>
sealed class KeyEncoder
{
    readonly (int At, SortKey Key)[] keys;
    readonly ByteBuffer json = new();

    /// <param name="schema">The columns of the batches to come.</param>
    /// <param name="keys">What to encode.</param>
    /// <param name="ordered">Whether the order counts; else any type will do.</param>
    public KeyEncoder(Schema schema, IReadOnlyList<SortKey> keys, bool ordered = true)
    {
        foreach (var key in keys)
        {
            if (!schema.Has(key.Column)) throw new DataFormatException(schema.Lacks(key.Column));
            if (ordered && schema[key.Column].Type.Decoded is ListType or StructType or MapType or UnionType or IntervalType)
                throw new DataFormatException($"a column of {schema[key.Column].Type} has no order").At(column: key.Column);
        }
        this.keys = [.. keys.Select(key => (schema.IndexOf(key.Column), key))];
    }

    /// <summary>Whether any key of the row is null.</summary>
    public bool HasNull(ColumnBatch batch, int row)
    {
        foreach (var (at, _) in keys)
            if (batch.Columns[at].IsNull(row)) return true;
        return false;
    }

    /// <summary>Appends the key of a row.</summary>
    public void Append(ByteBuffer to, ColumnBatch batch, int row)
    {
        foreach (var (at, key) in keys)
        {
            var column = batch.Columns[at];
            if (column.IsNull(row))
            {
                to.Append((byte)(key.NullsFirst ? 0 : 2));
                continue;
            }
            to.Append(1);
            var start = to.Length;
            Value(to, column, row);
            if (!key.Descending) continue;
            foreach (ref var one in to.WrittenSpan[start..]) one = (byte)~one;
        }
    }

    void Value(ByteBuffer to, Column column, int row)
    {
        (column, row) = Cells.Decoded(column, row);
        switch (column)
        {
            case BytesColumn c: Text(to, c.Bytes(row)); break;
            case FixedBinaryColumn { Type: DecimalType } c: Wide(to, c.Bytes(row)); break;
            case FixedBinaryColumn c: Text(to, c.Bytes(row)); break;
            case BoolColumn c: to.Append((byte)(c[row] ? 1 : 0)); break;
            case FixedColumn<double> c: Real(to, c[row]); break;
            case FixedColumn<float> c: Real(to, c[row]); break;
            case FixedColumn<Half> c: Real(to, (double)c[row]); break;
            case FixedColumn<Int128> { Type: DecimalType } c:
                BinaryPrimitives.WriteInt128BigEndian(to.Reserve(16), c[row] ^ Int128.MinValue);
                to.Advance(16);
                break;
            case FixedColumn<Int128> c: Integer(to, c[row]); break;
            case FixedColumn<ulong> c: Integer(to, c[row]); break;
            case FixedColumn<DayTime> or FixedColumn<MonthDayNano> or ListColumn or StructColumn or MapColumn or UnionColumn:
                json.Clear();
                CellJson.Write(json, column, row);
                Text(to, json.Written);
                break;
            default: Integer(to, column.Integer(row)!.Value); break;
        }
    }

    static void Integer(ByteBuffer to, Int128 value)
    {
        to.Append((byte)(value < 0 ? 0 : 1));
        BinaryPrimitives.WriteUInt64BigEndian(to.Reserve(8), unchecked((ulong)value));
        to.Advance(8);
    }

    static void Real(ByteBuffer to, double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value == 0 ? 0.0 : value);
        if (double.IsNaN(value)) bits = long.MaxValue; // above infinity
        BinaryPrimitives.WriteInt64BigEndian(to.Reserve(8), bits < 0 ? ~bits : bits | long.MinValue);
        to.Advance(8);
    }

    static void Wide(ByteBuffer to, ReadOnlySpan<byte> lowestFirst)
    {
        var room = to.Reserve(lowestFirst.Length);
        for (var i = 0; i < lowestFirst.Length; i++) room[lowestFirst.Length - 1 - i] = lowestFirst[i];
        room[0] ^= 0x80;
        to.Advance(lowestFirst.Length);
    }

    // 0 becomes 0 255, the end is 0 0: so a text comes before all that begin with it.
    static void Text(ByteBuffer to, ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)0) is >= 0 and var zero)
        {
            to.Append(text[..(zero + 1)]);
            to.Append(0xFF);
            text = text[(zero + 1)..];
        }
        to.Append(text);
        to.Append(0);
        to.Append(0);
    }
}

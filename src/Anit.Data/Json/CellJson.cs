using System.Globalization;
using System.Numerics;
using System.Text;

namespace Anit.Data.Json;

/// <summary>One cell as JSON, the form shared by JSONL files and the canonical lines.</summary>
static class CellJson
{
    public static void Write(ByteBuffer to, Column column, int row)
    {
        if (column.IsNull(row))
        {
            to.Append("null"u8);
            return;
        }
        switch (column)
        {
            case Utf8Column c: JsonText.String(to, c.Bytes(row)); break;
            case BinaryColumn c: JsonText.Base64Text(to, c.Bytes(row)); break;
            case FixedBinaryColumn { Type: DecimalType t } c: Decimal(to, new BigInteger(c.Bytes(row)), t.Scale); break;
            case FixedBinaryColumn c: JsonText.Base64Text(to, c.Bytes(row)); break;
            case BoolColumn c: to.Append(c[row] ? "true"u8 : "false"u8); break;
            case DictionaryColumn c: Write(to, c.Values, c.Indices[row]); break;
            case ListColumn c: List(to, c, row); break;
            case MapColumn c: Map(to, c, row); break;
            case StructColumn c: Struct(to, c, row); break;
            case UnionColumn c:
                var (child, at) = c.Resolve(row);
                Write(to, child, at);
                break;
            default: Fixed(to, column, row); break;
        }
    }

    static void Fixed(ByteBuffer to, Column column, int row)
    {
        switch (column)
        {
            case FixedColumn<double> c: JsonText.Double(to, c[row]); break;
            case FixedColumn<float> c: JsonText.Double(to, c[row]); break;
            case FixedColumn<Half> c: JsonText.Double(to, (double)c[row]); break;
            case FixedColumn<ulong> c: JsonText.Number(to, c[row]); break;
            case FixedColumn<Int128> { Type: DecimalType t } c: Decimal(to, c[row], t.Scale); break;
            case FixedColumn<Int128> { Type: TimestampType t } c: Timestamp(to, c[row], t); break;
            case FixedColumn<DayTime> c: Interval(to, c[row]); break;
            case FixedColumn<MonthDayNano> c: Interval(to, c[row]); break;
            default: Ticks(to, column.Type, column.Integer(row)!.Value); break;
        }
    }

    static void Ticks(ByteBuffer to, DataType type, long value)
    {
        switch (type)
        {
            case DateType: Quoted(to, () => CalendarText.Date(to, value)); break;
            case TimeType t when value >= 0: Quoted(to, () => CalendarText.Time(to, value, t.Unit)); break;
            case TimeType: Quoted(to, () => JsonText.Number(to, value)); break;
            case TimestampType t: Timestamp(to, value, t); break;
            default: JsonText.Number(to, value); break;
        }
    }

    static void Timestamp(ByteBuffer to, Int128 ticks, TimestampType type) =>
        Quoted(to, () => CalendarText.Timestamp(to, ticks, type.Unit, type.Zone is not null));

    static void Quoted(ByteBuffer to, Action write)
    {
        to.Append((byte)'"');
        write();
        to.Append((byte)'"');
    }

    /// <summary>Exactly <paramref name="scale"/> digits after the point.</summary>
    static void Decimal(ByteBuffer to, BigInteger unscaled, int scale)
    {
        if (scale <= 0) unscaled *= BigInteger.Pow(10, -scale);
        var text = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        if (scale > 0)
        {
            text = text.PadLeft(scale + 1, '0');
            text = $"{text[..^scale]}.{text[^scale..]}";
        }
        to.Append(Encoding.ASCII.GetBytes($"\"{(unscaled.Sign < 0 ? "-" : "")}{text}\""));
    }

    static void Interval(ByteBuffer to, DayTime value) =>
        to.Append(Encoding.ASCII.GetBytes($"{{\"days\":{value.Days},\"milliseconds\":{value.Milliseconds}}}"));

    static void Interval(ByteBuffer to, MonthDayNano value) =>
        to.Append(Encoding.ASCII.GetBytes($"{{\"months\":{value.Months},\"days\":{value.Days},\"nanoseconds\":{value.Nanoseconds}}}"));

    static void List(ByteBuffer to, ListColumn list, int row)
    {
        to.Append((byte)'[');
        var (start, end) = (list.Offsets[row], list.Offsets[row + 1]);
        for (var i = start; i < end; i++)
        {
            if (i > start) to.Append((byte)',');
            Write(to, list.Items, i);
        }
        to.Append((byte)']');
    }

    static void Map(ByteBuffer to, MapColumn map, int row)
    {
        to.Append((byte)'[');
        var (start, end) = (map.Offsets[row], map.Offsets[row + 1]);
        for (var i = start; i < end; i++)
        {
            if (i > start) to.Append((byte)',');
            to.Append((byte)'[');
            Write(to, map.Keys, i);
            to.Append((byte)',');
            Write(to, map.Items, i);
            to.Append((byte)']');
        }
        to.Append((byte)']');
    }

    static void Struct(ByteBuffer to, StructColumn column, int row)
    {
        var fields = ((StructType)column.Type).Fields;
        to.Append((byte)'{');
        for (var i = 0; i < fields.Count; i++)
        {
            if (i > 0) to.Append((byte)',');
            JsonText.String(to, fields[i].Name);
            to.Append((byte)':');
            Write(to, column.Children[i], row);
        }
        to.Append((byte)'}');
    }
}

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Anit.Data.Json;

namespace Anit.Data.Receipts;

/// <summary>Feeds cells to a SHA-256 in a form that depends on their meaning only.</summary>
/// <remarks>A cell is a tag and its value; counts are 4 bytes, all numbers lowest byte first:
/// 0 null · 1 false · 2 true · 3 integer, 8 bytes · 4 unsigned integer beyond 63 bits, 8 bytes · 5 number, the 8 bytes of the
/// double, one NaN for all · 6 text, count of bytes and UTF-8 · 7 list, count and items · 8 struct, count and, for each field, its
/// name as text and its value. Everything else is what the canonical JSON line shows: dates, times, decimals and bytes are
/// text (ISO 8601, decimal, base64), maps are lists of pairs, intervals structs. So a table and its JSONL form agree.</remarks>
sealed class CellBytesWriter : IDisposable
{
    const int Gather = 1 << 16;

    enum Tag : byte { Null, False, True, Integer, Unsigned, Number, Text, List, Struct }

    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly byte[] waiting = new byte[Gather];
    readonly ByteBuffer json = new();
    int count;

    /// <summary>All cells of a column.</summary>
    public void Column(Column column)
    {
        switch (column)
        {
            case Utf8Column c:
                for (var i = 0; i < c.Length; i++) if (c.IsNull(i)) Put(Tag.Null); else Text(c.Bytes(i));
                break;
            case DictionaryColumn { Values: Utf8Column values } c:
                for (var i = 0; i < c.Length; i++) if (c.IsNull(i)) Put(Tag.Null); else Text(values.Bytes(c.Indices[i]));
                break;
            case FixedColumn<long> { Type: IntType } c:
                for (var i = 0; i < c.Length; i++) if (c.IsNull(i)) Put(Tag.Null); else Put(Tag.Integer, c[i]);
                break;
            case FixedColumn<double> c:
                for (var i = 0; i < c.Length; i++) if (c.IsNull(i)) Put(Tag.Null); else Number(c[i]);
                break;
            default:
                for (var i = 0; i < column.Length; i++) Cell(column, i);
                break;
        }
    }

    /// <summary>The SHA-256 of all cells so far; more may follow.</summary>
    public byte[] Current()
    {
        Flush();
        return hash.GetCurrentHash();
    }

    public void Dispose() => hash.Dispose();

    void Cell(Column column, int row)
    {
        if (column.IsNull(row))
        {
            Put(Tag.Null);
            return;
        }
        switch (column)
        {
            case Utf8Column c: Text(c.Bytes(row)); break;
            case BoolColumn c: Put(c[row] ? Tag.True : Tag.False); break;
            case DictionaryColumn c: Cell(c.Values, c.Indices[row]); break;
            case UnionColumn c: Cell(c.Resolve(row).Child, c.Resolve(row).Row); break;
            case FixedColumn<double> c: Number(c[row]); break;
            case FixedColumn<float> c: Number(c[row]); break;
            case FixedColumn<Half> c: Number((double)c[row]); break;
            case FixedColumn<ulong> c: Put(c[row] > long.MaxValue ? Tag.Unsigned : Tag.Integer, unchecked((long)c[row])); break;
            case FixedColumn<DayTime> c:
                Begin(Tag.Struct, 2);
                Member("days"u8, c[row].Days);
                Member("milliseconds"u8, c[row].Milliseconds);
                break;
            case FixedColumn<MonthDayNano> c:
                Begin(Tag.Struct, 3);
                Member("months"u8, c[row].Months);
                Member("days"u8, c[row].Days);
                Member("nanoseconds"u8, c[row].Nanoseconds);
                break;
            case ListColumn c:
                Begin(Tag.List, c.Offsets[row + 1] - c.Offsets[row]);
                for (var i = c.Offsets[row]; i < c.Offsets[row + 1]; i++) Cell(c.Items, i);
                break;
            case MapColumn c:
                Begin(Tag.List, c.Offsets[row + 1] - c.Offsets[row]);
                for (var i = c.Offsets[row]; i < c.Offsets[row + 1]; i++)
                {
                    Begin(Tag.List, 2);
                    Cell(c.Keys, i);
                    Cell(c.Items, i);
                }
                break;
            case StructColumn { Type: StructType type } c:
                Begin(Tag.Struct, c.Children.Count);
                for (var i = 0; i < c.Children.Count; i++)
                {
                    Text(Encoding.UTF8.GetBytes(type.Fields[i].Name));
                    Cell(c.Children[i], row);
                }
                break;
            default: AsShown(column, row); break;
        }
    }

    // Integers and durations are numbers in JSON; dates, times, decimals and bytes are plain strings without escapes.
    void AsShown(Column column, int row)
    {
        json.Clear();
        CellJson.Write(json, column, row);
        var shown = json.Written;
        if (shown[0] == '"') Text(shown[1..^1]);
        else if (Utf8Parser.TryParse(shown, out long number, out var used) && used == shown.Length) Put(Tag.Integer, number);
        else throw new UnsupportedTypeException($"a column of {column.Type} has no digest");
    }

    void Member(ReadOnlySpan<byte> name, long value)
    {
        Text(name);
        Put(Tag.Integer, value);
    }

    void Number(double value) => Put(Tag.Number, BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value));

    void Text(ReadOnlySpan<byte> text)
    {
        Begin(Tag.Text, text.Length);
        if (text.Length > Gather - count) Flush();
        if (text.Length > Gather)
        {
            hash.AppendData(text);
            return;
        }
        text.CopyTo(waiting.AsSpan(count));
        count += text.Length;
    }

    void Begin(Tag tag, int items)
    {
        var room = Room(5);
        room[0] = (byte)tag;
        BinaryPrimitives.WriteInt32LittleEndian(room[1..], items);
    }

    void Put(Tag tag, long value)
    {
        var room = Room(9);
        room[0] = (byte)tag;
        BinaryPrimitives.WriteInt64LittleEndian(room[1..], value);
    }

    void Put(Tag tag) => Room(1)[0] = (byte)tag;

    Span<byte> Room(int bytes)
    {
        if (bytes > Gather - count) Flush();
        var room = waiting.AsSpan(count, bytes);
        count += bytes;
        return room;
    }

    void Flush()
    {
        hash.AppendData(waiting.AsSpan(0, count));
        count = 0;
    }
}

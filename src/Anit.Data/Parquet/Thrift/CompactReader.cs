using System.Text;

namespace Anit.Data.Parquet.Thrift;

/// <summary>Types of the Thrift compact protocol.</summary>
enum Wire : byte
{
    Stop = 0, True = 1, False = 2, Byte = 3, Int16 = 4, Int32 = 5, Int64 = 6, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12,
    Uuid = 13,
}

/// <summary>The bytes end inside a structure; with more of them it may be whole.</summary>
sealed class ThriftEndException(string what) : DataFormatException($"the metadata end inside {what}");

/// <summary>Reads Thrift's compact protocol from a span; every length is checked against what is left.</summary>
/// <remarks>thrift-compact-protocol.md. A structure is read as
/// <c>var outer = r.Begin(); while (r.Next(out var id, out var type)) switch (id) { …; default: r.Skip(type); } r.End(outer);</c></remarks>
ref struct CompactReader(ReadOnlySpan<byte> data, ReadLimits limits)
{
    const int MaxDepth = 32;

    readonly ReadOnlySpan<byte> data = data;
    readonly int mostElements = limits.MetadataElements;
    int elements, depth;
    short lastField;

    public int Position { get; private set; }

    int Left => data.Length - Position;

    /// <summary>Enters a structure; give the result to <see cref="End"/>.</summary>
    public short Begin()
    {
        if (++depth > MaxDepth) throw new DataFormatException($"the metadata nest deeper than {MaxDepth} structures");
        Count(1);
        var outer = lastField;
        lastField = 0;
        return outer;
    }

    public void End(short outer)
    {
        lastField = outer;
        depth--;
    }

    /// <summary>The next field's id and type; false at the end of the structure.</summary>
    public bool Next(out short id, out Wire type)
    {
        var head = Byte();
        type = (Wire)(head & 15);
        if (head == 0)
        {
            id = 0;
            return false;
        }
        if (type is Wire.Stop or > Wire.Uuid) throw new DataFormatException($"a metadata field of unknown type {head & 15}");
        var delta = head >> 4;
        id = delta == 0 ? (short)ZigZag(Varint(3)) : checked16(lastField + delta);
        lastField = id;
        Count(1);
        return true;

        static short checked16(int value) =>
            value <= short.MaxValue ? (short)value : throw new DataFormatException("a metadata field id beyond 32767");
    }

    public static bool Bool(Wire type) => type switch
    {
        Wire.True => true,
        Wire.False => false,
        _ => throw Mismatch("a boolean", type),
    };

    public int Int32(Wire type)
    {
        if (type is not (Wire.Int32 or Wire.Int16 or Wire.Byte)) throw Mismatch("a 32-bit integer", type);
        if (type == Wire.Byte) return (sbyte)Byte();
        var value = ZigZag(Varint(5));
        return value is >= int.MinValue and <= int.MaxValue ? (int)value
            : throw new DataFormatException($"{value} where a 32-bit integer was expected");
    }

    public long Int64(Wire type)
    {
        if (type is not (Wire.Int64 or Wire.Int32 or Wire.Int16)) throw Mismatch("a 64-bit integer", type);
        return ZigZag(Varint(10));
    }

    public ReadOnlySpan<byte> Binary(Wire type)
    {
        if (type != Wire.Binary) throw Mismatch("bytes", type);
        var length = Varint(5);
        if (length > int.MaxValue) throw new DataFormatException($"a metadata value claims {length:N0} bytes, {Left:N0} are left");
        if (length > (ulong)Left) throw new ThriftEndException($"a value of {length:N0} bytes");
        var bytes = data.Slice(Position, (int)length);
        Position += (int)length;
        return bytes;
    }

    public string Text(Wire type) => Encoding.UTF8.GetString(Binary(type));

    /// <summary>Enters a list of this type and returns its size, which is at most the bytes left.</summary>
    public int List(Wire type, Wire items)
    {
        if (type != Wire.List) throw Mismatch("a list", type);
        var size = ListHead(out var found);
        var same = found == items || (items == Wire.True && found is Wire.True or Wire.False);
        return size == 0 || same ? size : throw Mismatch($"a list of {items}", found);
    }

    /// <summary>A boolean inside a list.</summary>
    public bool ListedBool() => Byte() == 1;

    /// <summary>An integer inside a list of 32-bit or 64-bit integers.</summary>
    public long ListedInt() => ZigZag(Varint(10));

    /// <summary>Passes over a value of any type without recursion deeper than the limit.</summary>
    public void Skip(Wire type)
    {
        switch (type)
        {
            case Wire.True or Wire.False: break;
            case Wire.Byte: Byte(); break;
            case Wire.Int16 or Wire.Int32 or Wire.Int64: Varint(10); break;
            case Wire.Double: Advance(8); break;
            case Wire.Uuid: Advance(16); break;
            case Wire.Binary: Binary(Wire.Binary); break;
            case Wire.List or Wire.Set:
                var size = ListHead(out var item);
                if (++depth > MaxDepth) throw new DataFormatException($"the metadata nest deeper than {MaxDepth} lists");
                for (var i = 0; i < size; i++) SkipListed(item);
                depth--;
                break;
            case Wire.Map: SkipMap(); break;
            case Wire.Struct:
                var outer = Begin();
                while (Next(out _, out var member)) Skip(member);
                End(outer);
                break;
            default: throw new DataFormatException($"a metadata value of unknown type {(int)type}");
        }
    }

    void SkipListed(Wire item)
    {
        if (item is Wire.True or Wire.False) Byte(); // inside lists booleans take a byte
        else Skip(item);
    }

    void SkipMap()
    {
        var size = Size(Varint(5));
        if (size == 0) return;
        var types = Byte();
        if (++depth > MaxDepth) throw new DataFormatException($"the metadata nest deeper than {MaxDepth} maps");
        for (var i = 0; i < size; i++)
        {
            SkipListed((Wire)(types >> 4));
            SkipListed((Wire)(types & 15));
        }
        depth--;
    }

    int ListHead(out Wire item)
    {
        var head = Byte();
        item = (Wire)(head & 15);
        return Size(head >> 4 == 15 ? Varint(5) : (ulong)(head >> 4));
    }

    /// <summary>Every element takes at least a byte.</summary>
    int Size(ulong size)
    {
        if (size > int.MaxValue) throw new DataFormatException($"a metadata list claims {size:N0} elements, {Left:N0} bytes are left");
        if (size > (ulong)Left) throw new ThriftEndException($"a list of {size:N0} elements");
        Count((int)size);
        return (int)size;
    }

    void Count(int more)
    {
        elements += more;
        if (elements > mostElements)
            throw ReadLimits.Exceeded("the number of metadata values", elements, nameof(ReadLimits.MetadataElements), mostElements);
    }

    void Advance(int bytes)
    {
        if (bytes > Left) throw new ThriftEndException("a number");
        Position += bytes;
    }

    byte Byte() => Position < data.Length ? data[Position++] : throw new ThriftEndException("a structure");

    ulong Varint(int most)
    {
        ulong value = 0;
        for (var i = 0; i < most; i++)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80) return value;
        }
        throw new DataFormatException($"a metadata integer takes more than {most} bytes");
    }

    static long ZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    static DataFormatException Mismatch(string expected, Wire found) => new($"the metadata hold {found} where {expected} was expected");
}

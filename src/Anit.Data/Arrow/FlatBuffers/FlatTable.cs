using System.Buffers.Binary;
using System.Text;

namespace Anit.Data.Arrow.FlatBuffers;

/// <summary>One table inside a FlatBuffer; every access is checked against the bytes at hand.</summary>
/// <remarks>Format: flatbuffers.dev, "FlatBuffers internals". A table begins with a signed offset back to its
/// vtable, which holds, after two sizes, one 16-bit place per field; 0 means absent. Slots count from 0.</remarks>
readonly ref struct FlatTable
{
    const int DeepestNesting = 32;
    const int MostTables = 1 << 20; // offsets may be shared, so a small buffer could name tables without end

    readonly ReadOnlySpan<byte> data;
    readonly FlatBudget budget;
    readonly int start, vtable, vtableLength, tableLength, depth;

    FlatTable(ReadOnlySpan<byte> data, int start, int depth, FlatBudget budget)
    {
        if (depth > DeepestNesting) throw Broken($"tables nested deeper than {DeepestNesting}", start);
        if (++budget.Tables > MostTables) throw Broken($"more than {MostTables} tables", start);
        Need(data, start, 4);
        var place = (long)start - BinaryPrimitives.ReadInt32LittleEndian(data[start..]);
        if (place < 0 || place > data.Length - 4) throw Broken("a vtable outside the buffer", start);
        vtable = (int)place;
        vtableLength = BinaryPrimitives.ReadUInt16LittleEndian(data[vtable..]);
        tableLength = BinaryPrimitives.ReadUInt16LittleEndian(data[(vtable + 2)..]);
        if (vtableLength < 4 || vtableLength % 2 != 0 || vtableLength > data.Length - vtable) throw Broken("a vtable of impossible size", vtable);
        if (tableLength < 4 || tableLength > data.Length - start) throw Broken("a table of impossible size", start);
        this.data = data;
        (this.start, this.depth, this.budget) = (start, depth, budget);
    }

    /// <summary>The root table of a buffer.</summary>
    public static FlatTable Root(ReadOnlySpan<byte> data)
    {
        Need(data, 0, 4);
        return new FlatTable(data, Place(data, 0), 0, new FlatBudget());
    }

    /// <summary>Whether the field is stored.</summary>
    public bool Has(int slot) => Find(slot, 1) != 0;

    public bool Bool(int slot, bool otherwise = false) => Find(slot, 1) is var at and not 0 ? data[at] != 0 : otherwise;

    public byte Byte(int slot, byte otherwise = 0) => Find(slot, 1) is var at and not 0 ? data[at] : otherwise;

    public short Int16(int slot, short otherwise = 0) =>
        Find(slot, 2) is var at and not 0 ? BinaryPrimitives.ReadInt16LittleEndian(data[at..]) : otherwise;

    public int Int32(int slot, int otherwise = 0) =>
        Find(slot, 4) is var at and not 0 ? BinaryPrimitives.ReadInt32LittleEndian(data[at..]) : otherwise;

    public long Int64(int slot, long otherwise = 0) =>
        Find(slot, 8) is var at and not 0 ? BinaryPrimitives.ReadInt64LittleEndian(data[at..]) : otherwise;

    /// <summary>Follows an offset to another table; false when the field is absent.</summary>
    public bool TryTable(int slot, out FlatTable table)
    {
        var at = Find(slot, 4);
        table = at == 0 ? default : new FlatTable(data, Place(data, at), depth + 1, budget);
        return at != 0;
    }

    /// <summary>The text of a field, or null when absent.</summary>
    public string? Text(int slot)
    {
        var at = Find(slot, 4);
        if (at == 0) return null;
        var place = Place(data, at);
        var length = Count(place, 1);
        try
        {
            return strict.GetString(data.Slice(place + 4, length));
        }
        catch (DecoderFallbackException)
        {
            throw Broken("a string that is not UTF-8", place);
        }
    }

    /// <summary>The bytes of a vector of fixed-size items, or none when absent.</summary>
    public ReadOnlySpan<byte> Structs(int slot, int width, out int count)
    {
        var first = Vector(slot, width, out count);
        return data.Slice(first, count * width);
    }

    /// <summary>A vector of tables, or an empty one when absent.</summary>
    public FlatTables Tables(int slot)
    {
        var first = Vector(slot, 4, out var count);
        return new FlatTables(this, first, count);
    }

    internal FlatTable At(int place) => new(data, Place(data, place), depth + 1, budget);

    static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

    int Find(int slot, int width)
    {
        var entry = 4 + 2 * slot;
        if (entry + 2 > vtableLength) return 0;
        var offset = BinaryPrimitives.ReadUInt16LittleEndian(data[(vtable + entry)..]);
        if (offset == 0) return 0;
        if (offset < 4 || offset > tableLength - width) throw Broken("a field outside its table", start);
        return start + offset;
    }

    int Vector(int slot, int width, out int count)
    {
        count = 0;
        var at = Find(slot, 4);
        if (at == 0) return 0;
        var place = Place(data, at);
        count = Count(place, width);
        return place + 4;
    }

    int Count(int place, int width)
    {
        Need(data, place, 4);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(data[place..]);
        if (count > (uint)(data.Length - place - 4) / (uint)width) throw Broken("a vector or string longer than its buffer", place);
        return (int)count;
    }

    static int Place(ReadOnlySpan<byte> data, int at)
    {
        var place = at + (long)BinaryPrimitives.ReadUInt32LittleEndian(data[at..]);
        if (place > data.Length - 4) throw Broken("an offset outside the buffer", at);
        return (int)place;
    }

    static void Need(ReadOnlySpan<byte> data, int at, int bytes)
    {
        if (at < 0 || at > data.Length - bytes) throw Broken("the end of the buffer inside a value", at);
    }

    static DataFormatException Broken(string what, int at) => new($"broken Arrow metadata: {what} (byte {at} of the FlatBuffer)");
}

/// <summary>Counts tables over all branches of one buffer.</summary>
sealed class FlatBudget
{
    public int Tables;
}

/// <summary>A vector of tables.</summary>
readonly ref struct FlatTables(FlatTable owner, int first, int count)
{
    readonly FlatTable owner = owner;

    public int Count => count;

    public FlatTable this[int i] => owner.At(first + 4 * i);
}

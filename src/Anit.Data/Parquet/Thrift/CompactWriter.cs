using System.Text;

namespace Anit.Data.Parquet.Thrift;

/// <summary>Writes Thrift's compact protocol.</summary>
sealed class CompactWriter(ByteBuffer to)
{
    readonly Stack<int> outer = [];
    int last;

    /// <summary>The value of the open field or list item is a structure; its fields follow until <see cref="End"/>.</summary>
    public void Begin()
    {
        outer.Push(last);
        last = 0;
    }

    public void End()
    {
        to.Append(0);
        last = outer.Pop();
    }

    public void Bool(int id, bool value) => Head(id, value ? Wire.True : Wire.False);

    public void Int8(int id, sbyte value)
    {
        Head(id, Wire.Byte);
        to.Append((byte)value);
    }

    public void Int32(int id, int value)
    {
        Head(id, Wire.Int32);
        ZigZag(value);
    }

    public void Int64(int id, long value)
    {
        Head(id, Wire.Int64);
        ZigZag(value);
    }

    public void Text(int id, string value) => Binary(id, Encoding.UTF8.GetBytes(value));

    public void Binary(int id, ReadOnlySpan<byte> value)
    {
        Head(id, Wire.Binary);
        ListedBinary(value);
    }

    /// <summary>A field that is a structure; close it with <see cref="End"/>.</summary>
    public void Struct(int id)
    {
        Head(id, Wire.Struct);
        Begin();
    }

    /// <summary>A structure without fields, as unions have them.</summary>
    public void EmptyStruct(int id)
    {
        Struct(id);
        End();
    }

    /// <summary>A list field; its items follow.</summary>
    public void List(int id, Wire item, int count)
    {
        Head(id, Wire.List);
        if (count < 15) to.Append((byte)(count << 4 | (int)item));
        else
        {
            to.Append((byte)(0xF0 | (int)item));
            Varint((ulong)count);
        }
    }

    public void ListedInt(long value) => ZigZag(value);

    public void ListedBool(bool value) => to.Append((byte)(value ? 1 : 2));

    public void ListedBinary(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        to.Append(value);
    }

    void Head(int id, Wire type)
    {
        var delta = id - last;
        if (delta is > 0 and <= 15) to.Append((byte)(delta << 4 | (int)type));
        else
        {
            to.Append((byte)type);
            ZigZag(id);
        }
        last = id;
    }

    void ZigZag(long value) => Varint((ulong)(value << 1 ^ value >> 63));

    void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.Append((byte)(value | 0x80));
        to.Append((byte)value);
    }
}

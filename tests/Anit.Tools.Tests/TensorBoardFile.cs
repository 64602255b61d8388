using System.Buffers.Binary;
using System.Text;

namespace Anit.Tools.Tests;

/// <summary>A reader of TensorBoard's event files of its own: the record format, its checksums bit by bit, and just enough of the wire
/// format.</summary>
static class TensorBoardFile
{
    /// <summary>The scalars of a file in their order, and what its first record says of the version.</summary>
    public static (string Version, List<(long Step, string Tag, float Value)> Scalars) Read(byte[] file)
    {
        var (version, scalars) = ("", new List<(long, string, float)>());
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Check(file.AsSpan(at, 8), file.AsSpan(at + 8));
            var content = file.AsSpan(at + 12, length).ToArray();
            Check(content, file.AsSpan(at + 12 + length));
            at += 12 + length + 4;

            var fields = Fields(content).ToList();
            foreach (var (number, bytes) in fields.Where(f => f.Number == 3)) version = Encoding.UTF8.GetString(bytes);
            var step = fields.Where(f => f.Number == 2).Select(f => (long)Varint(f.Bytes, out _)).FirstOrDefault();
            foreach (var (_, summary) in fields.Where(f => f.Number == 5))
                foreach (var (_, value) in Fields(summary).Where(f => f.Number == 1))
                    scalars.Add((step, Encoding.UTF8.GetString(Fields(value).Single(f => f.Number == 1).Bytes),
                        BinaryPrimitives.ReadSingleLittleEndian(Fields(value).Single(f => f.Number == 2).Bytes)));
        }
        return (version, scalars);
    }

    static void Check(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stored)
    {
        var crc = Crc(data);
        var masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
        if (masked != BinaryPrimitives.ReadUInt32LittleEndian(stored)) throw new InvalidDataException("a checksum is wrong");
    }

    /// <summary>CRC-32C by its definition.</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }

    static IEnumerable<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message.AsSpan(at), out var used);
            at += used;
            var length = (key & 7) switch { 0 => Width(message.AsSpan(at)), 1 => 8, 5 => 4, _ => (int)Varint(message.AsSpan(at), out used) };
            if ((key & 7) == 2) at += used;
            yield return ((int)(key >> 3), message[at..(at + length)]);
            at += length;
        }
    }

    static int Width(ReadOnlySpan<byte> bytes)
    {
        Varint(bytes, out var used);
        return used;
    }

    static ulong Varint(ReadOnlySpan<byte> bytes, out int used)
    {
        ulong value = 0;
        used = 0;
        do value |= (ulong)(bytes[used] & 127) << (7 * used);
        while (bytes[used++] >= 128);
        return value;
    }
}

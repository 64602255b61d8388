using System.Buffers.Binary;
using System.Numerics;

namespace Anit.Data.Codecs;

/// <summary>The 32-bit xxHash, which LZ4 frames use as their checksum.</summary>
/// <remarks>Yann Collet, "xxHash fast digest algorithm", XXH32, seed 0.</remarks>
static class XxHash32
{
    const uint P1 = 2654435761, P2 = 2246822519, P3 = 3266489917, P4 = 668265263, P5 = 374761393;

    public static uint Hash(ReadOnlySpan<byte> data)
    {
        var length = (uint)data.Length;
        uint hash = P5;
        if (data.Length >= 16)
        {
            unchecked
            {
                uint a = P1 + P2, b = P2, c = 0, d = 0 - P1;
                while (data.Length >= 16)
                {
                    a = Round(a, data);
                    b = Round(b, data[4..]);
                    c = Round(c, data[8..]);
                    d = Round(d, data[12..]);
                    data = data[16..];
                }
                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            }
        }
        hash += length;
        for (; data.Length >= 4; data = data[4..])
            hash = BitOperations.RotateLeft(hash + BinaryPrimitives.ReadUInt32LittleEndian(data) * P3, 17) * P4;
        foreach (var one in data) hash = BitOperations.RotateLeft(hash + one * P5, 11) * P1;
        hash = (hash ^ (hash >> 15)) * P2;
        hash = (hash ^ (hash >> 13)) * P3;
        return hash ^ (hash >> 16);
    }

    static uint Round(uint state, ReadOnlySpan<byte> data) =>
        BitOperations.RotateLeft(state + BinaryPrimitives.ReadUInt32LittleEndian(data) * P2, 13) * P1;
}

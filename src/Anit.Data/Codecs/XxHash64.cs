using System.Numerics;
using System.Runtime.InteropServices;

namespace Anit.Data.Codecs;

/// <summary>xxHash, 64 bits: the hash of Parquet's bloom filters.</summary>
/// <remarks>Collet, "xxHash fast digest algorithm", section XXH64. Bytes are read lowest first.</remarks>
static class XxHash64
{
    const ulong P1 = 0x9E3779B185EBCA87, P2 = 0xC2B2AE3D27D4EB4F, P3 = 0x165667B19E3779F9, P4 = 0x85EBCA77C2B2AE63, P5 = 0x27D4EB2F165667C5;

    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var length = (ulong)bytes.Length;
        ulong hash;
        if (bytes.Length >= 32)
        {
            ulong a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
            for (; bytes.Length >= 32; bytes = bytes[32..])
            {
                a = Round(a, MemoryMarshal.Read<ulong>(bytes));
                b = Round(b, MemoryMarshal.Read<ulong>(bytes[8..]));
                c = Round(c, MemoryMarshal.Read<ulong>(bytes[16..]));
                d = Round(d, MemoryMarshal.Read<ulong>(bytes[24..]));
            }
            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12)
                + BitOperations.RotateLeft(d, 18);
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }
        else hash = seed + P5;
        hash += length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = BitOperations.RotateLeft(hash ^ Round(0, MemoryMarshal.Read<ulong>(bytes)), 27) * P1 + P4;
        if (bytes.Length >= 4)
        {
            hash = BitOperations.RotateLeft(hash ^ (MemoryMarshal.Read<uint>(bytes) * P1), 23) * P2 + P3;
            bytes = bytes[4..];
        }
        foreach (var one in bytes) hash = BitOperations.RotateLeft(hash ^ (one * P5), 11) * P1;
        hash = (hash ^ (hash >> 33)) * P2;
        hash = (hash ^ (hash >> 29)) * P3;
        return hash ^ (hash >> 32);
    }

    static ulong Round(ulong sum, ulong lane) => BitOperations.RotateLeft(sum + lane * P2, 31) * P1;

    static ulong Merge(ulong hash, ulong sum) => (hash ^ Round(0, sum)) * P1 + P4;
}

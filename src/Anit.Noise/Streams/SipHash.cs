using System.Buffers.Binary;
using System.Numerics;

namespace Anit.Noise.Streams;

/// <summary>SipHash-2-4 with a 128-bit result: the keyed hash that turns a row's identity into the key of its random stream.</summary>
/// <remarks>Aumasson and Bernstein (2012), "SipHash: a fast short-input PRF". Little-endian throughout; checked against OpenSSL's SIPHASH.</remarks>
static class SipHash
{
    public static (ulong Low, ulong High) Of(ulong key0, ulong key1, ReadOnlySpan<byte> message)
    {
        var v0 = key0 ^ 0x736f6d6570736575;
        var v1 = key1 ^ 0x646f72616e646f6d ^ 0xee; // 0xee, and 0xdd below, mark the 128-bit variant
        var v2 = key0 ^ 0x6c7967656e657261;
        var v3 = key1 ^ 0x7465646279746573;

        var rest = message;
        for (; rest.Length >= 8; rest = rest[8..])
        {
            var m = BinaryPrimitives.ReadUInt64LittleEndian(rest);
            v3 ^= m;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= m;
        }
        var last = (ulong)message.Length << 56;
        for (var i = 0; i < rest.Length; i++) last |= (ulong)rest[i] << (8 * i);
        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;

        v2 ^= 0xee;
        for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        var low = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        return (low, v0 ^ v1 ^ v2 ^ v3);
    }

    static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1; v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0; v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1; v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2; v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}

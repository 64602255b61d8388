using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Anit.Data.Codecs;

/// <summary>CRC-32 as in gzip and Parquet pages (polynomial 0x04C11DB7, reflected).</summary>
/// <remarks>Folds 64 bytes a step with carry-less multiplication (Gopal et al., "Fast CRC Computation for Generic
/// Polynomials Using PCLMULQDQ Instruction", Intel 2009), else by table.</remarks>
static class Crc32
{
    const uint Polynomial = 0xEDB88320;
    static readonly uint[] Table = MakeTable();

    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        if (Pclmulqdq.IsSupported && Sse41.IsSupported && data.Length >= 64)
        {
            var whole = data.Length & ~15;
            crc = Fold(data[..whole], crc);
            data = data[whole..];
        }
        return ~Bytes(data, crc);
    }

    internal static uint Bytes(ReadOnlySpan<byte> data, uint crc)
    {
        foreach (var b in data) crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    static uint Fold(ReadOnlySpan<byte> data, uint crc)
    {
        var by64 = Vector128.Create(0x0154442bd4UL, 0x01c6e41596UL);
        var by16 = Vector128.Create(0x01751997d0UL, 0x00ccaa009eUL);
        ref var at = ref MemoryMarshal.GetReference(data);
        var left = data.Length;

        var a = Load(ref at, 0) ^ Vector128.CreateScalar(crc).AsUInt64();
        var (b, c, d) = (Load(ref at, 16), Load(ref at, 32), Load(ref at, 48));
        at = ref Unsafe.Add(ref at, 64);
        for (left -= 64; left >= 64; left -= 64, at = ref Unsafe.Add(ref at, 64))
        {
            a = Step(a, by64, Load(ref at, 0));
            b = Step(b, by64, Load(ref at, 16));
            c = Step(c, by64, Load(ref at, 32));
            d = Step(d, by64, Load(ref at, 48));
        }
        a = Step(a, by16, b);
        a = Step(a, by16, c);
        a = Step(a, by16, d);
        for (; left >= 16; left -= 16, at = ref Unsafe.Add(ref at, 16)) a = Step(a, by16, Load(ref at, 0));

        // 128 bits to 64, then Barrett reduction to 32.
        var low32 = Vector128.Create(0x00000000_FFFFFFFFUL, 0);
        a = Sse2.ShiftRightLogical128BitLane(a, 8) ^ Pclmulqdq.CarrylessMultiply(a, by16, 0x10);
        a = Sse2.ShiftRightLogical128BitLane(a, 4) ^ Pclmulqdq.CarrylessMultiply(a & low32, Vector128.CreateScalar(0x0163cd6124UL), 0x00);
        var barrett = Vector128.Create(0x01db710641UL, 0x01f7011641UL);
        var quotient = Pclmulqdq.CarrylessMultiply(a & low32, barrett, 0x10);
        var product = Pclmulqdq.CarrylessMultiply(quotient & low32, barrett, 0x00);
        return (a ^ product).AsUInt32().GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<ulong> Load(ref byte at, int offset) => Vector128.LoadUnsafe(ref at, (nuint)offset).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<ulong> Step(Vector128<ulong> sum, Vector128<ulong> by, Vector128<ulong> next) =>
        Pclmulqdq.CarrylessMultiply(sum, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(sum, by, 0x11) ^ next;

    static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? Polynomial ^ (value >> 1) : value >> 1;
            table[i] = value;
        }
        return table;
    }
}

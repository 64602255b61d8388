using System.Buffers.Binary;

namespace Anit.Data.Fuzz;

/// <summary>Damages files the same way for the same seed: flipped bits, extreme numbers, cuts, moved and repeated pieces.</summary>
public static class Mutator
{
    static readonly byte[] Extremes = [0x00, 0x01, 0x7F, 0x80, 0xFF, 0xFE, 0x0F, 0xF0];
    static readonly int[] Numbers = [0, 1, -1, int.MaxValue, int.MinValue, 255, 256, 65_535, 1 << 20, -2, 0x7FFF_FF00];

    public static byte[] Mutate(ReadOnlySpan<byte> file, Random random)
    {
        var bytes = file.ToArray();
        for (var n = 1 + random.Next(3); n > 0 && bytes.Length > 0; n--) bytes = Once(bytes, random);
        return bytes;
    }

    static byte[] Once(byte[] bytes, Random random)
    {
        var at = Place(bytes.Length, random);
        switch (random.Next(12))
        {
            case 0: return bytes[..at];
            case 1: // a piece repeated
                var length = Math.Min(bytes.Length - at, 1 + random.Next(64));
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 2: // a piece left out
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + 1 + random.Next(32))..]];
            case 3: // a piece copied over another
                var from = random.Next(bytes.Length);
                var count = Math.Min(Math.Min(bytes.Length - at, bytes.Length - from), 1 + random.Next(32));
                bytes.AsSpan(from, count).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 4 when at + 4 <= bytes.Length:
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), Numbers[random.Next(Numbers.Length)]);
                return bytes;
            case 5 or 6:
                bytes[at] = Extremes[random.Next(Extremes.Length)];
                return bytes;
            case 7:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 8:
                bytes[at] += (byte)(random.Next(2) == 0 ? 1 : 255);
                return bytes;
            default:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    /// <summary>Anywhere, but half of the time near the end, where footers lie.</summary>
    static int Place(int length, Random random) =>
        random.Next(2) == 0 ? random.Next(length) : length - 1 - random.Next(Math.Min(length, 1_024));
}

using System.Buffers.Binary;
using System.Text;

namespace Anit.Noise.Streams;

/// <summary>The 128 bits that name one random stream.</summary>
/// <param name="Low">First half; also a uniform number of its own, which decides whether a row is noisy.</param>
/// <param name="High">Second half.</param>
public readonly record struct StreamKey(ulong Low, ulong High);

/// <summary>Derives stream keys for one purpose: the same (seed, row id, purpose, epoch) always gives the same stream, whatever else is in the
/// data.</summary>
/// <remarks>Key = SipHash-2-4-128 under the key (seed, "ANIT-rng" in ASCII, little-endian) of the message
/// purpose in ASCII, a zero byte, the epoch plus one as eight little-endian bytes (0 where there is no epoch), the row id in UTF-8.</remarks>
public sealed class KeyedStreams
{
    const ulong Domain = 0x676E722D54494E41; // "ANIT-rng"
    readonly ulong seed;
    readonly byte[] prefix;

    /// <summary>Prepares keys for one purpose.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">What the numbers are for, ASCII without a zero, such as <c>noise/replace</c>.</param>
    /// <param name="epoch">The epoch, where the draw is made anew in each.</param>
    public KeyedStreams(ulong seed, string purpose, int? epoch = null)
    {
        if (!Ascii.IsValid(purpose) || purpose.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("a purpose is ASCII text", nameof(purpose));
        if (epoch < 0) throw new ArgumentOutOfRangeException(nameof(epoch), epoch, "an epoch is 0 or more");
        this.seed = seed;
        prefix = new byte[purpose.Length + 9];
        Encoding.ASCII.GetBytes(purpose, prefix);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(purpose.Length + 1), epoch is { } e ? e + 1L : 0);
    }

    /// <summary>The key of a row's stream.</summary>
    /// <param name="id">The row id in UTF-8.</param>
    public StreamKey Of(ReadOnlySpan<byte> id)
    {
        var length = prefix.Length + id.Length;
        Span<byte> message = length <= 256 ? stackalloc byte[256] : new byte[length];
        prefix.CopyTo(message);
        id.CopyTo(message[prefix.Length..]);
        var (low, high) = SipHash.Of(seed, Domain, message[..length]);
        return new(low, high);
    }

    /// <summary>The key of a row's stream.</summary>
    public StreamKey Of(string id) => Of(Encoding.UTF8.GetBytes(id));
}

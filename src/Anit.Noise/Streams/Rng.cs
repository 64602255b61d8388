namespace Anit.Noise.Streams;

/// <summary>A counter-based random generator: the n-th number of a stream depends on the stream's key and n, on nothing that ran before.</summary>
/// <remarks>Philox4x32-10 of Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3". Its 64-bit key is the first half of
/// the <see cref="StreamKey"/>, the upper half of its 128-bit counter the second; the lower half counts blocks of four numbers.</remarks>
public sealed class Rng
{
    const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57, BumpA = 0x9E3779B9, BumpB = 0xBB67AE85;

    StreamKey stream;
    ulong block;
    int used = 4;
    uint w0, w1, w2, w3;

    /// <summary>A generator at the start of a stream.</summary>
    public Rng(StreamKey stream = default) => Restart(stream);

    /// <summary>A generator for one row and purpose.</summary>
    public Rng(ulong seed, string id, string purpose, int? epoch = null) : this(new KeyedStreams(seed, purpose, epoch).Of(id)) { }

    /// <summary>Moves to the start of another stream, so that one generator serves many rows.</summary>
    public void Restart(StreamKey next) => (stream, block, used) = (next, 0, 4);

    /// <summary>The next 32 uniform bits.</summary>
    public uint Next()
    {
        if (used == 4)
        {
            (w0, w1, w2, w3) = Philox((uint)block, (uint)(block >> 32), (uint)stream.High, (uint)(stream.High >> 32), (uint)stream.Low,
                (uint)(stream.Low >> 32));
            block++;
            used = 0;
        }
        return used++ switch { 0 => w0, 1 => w1, 2 => w2, _ => w3 };
    }

    /// <summary>A uniform whole number from 0 to <paramref name="n"/> - 1, without bias.</summary>
    /// <remarks>Lemire (2019), "Fast random integer generation in an interval": multiply, and reject the few values that would favour some
    /// results.</remarks>
    public int Below(int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        var product = (ulong)Next() * (uint)n;
        if ((uint)product < (uint)n)
        {
            var unfair = (uint)-n % (uint)n;
            while ((uint)product < unfair) product = (ulong)Next() * (uint)n;
        }
        return (int)(product >> 32);
    }

    /// <summary>Heads or tails.</summary>
    public bool Coin() => (Next() & 1) != 0;

    /// <summary>True with the given probability, exact to 2^-53.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>A uniform number in [0, 1) with 53 bits.</summary>
    public double Unit() => ((((ulong)Next() << 32) | Next()) >> 11) * (1.0 / (1L << 53));

    /// <summary>Moves <paramref name="count"/> uniformly drawn items, in uniform order, to the front (Fisher-Yates, stopped early).</summary>
    public void Draw(Span<int> items, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var j = i + Below(items.Length - i);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    internal static (uint, uint, uint, uint) Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var a = (ulong)MultiplierA * c0;
            var b = (ulong)MultiplierB * c2;
            (c0, c1, c2, c3) = ((uint)(b >> 32) ^ c1 ^ k0, (uint)b, (uint)(a >> 32) ^ c3 ^ k1, (uint)a);
            k0 += BumpA;
            k1 += BumpB;
        }
        return (c0, c1, c2, c3);
    }
}

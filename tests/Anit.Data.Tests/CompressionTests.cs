using System.Text;
using Anit.Data.Codecs;
using Shouldly;

namespace Anit.Data.Tests;

public sealed class CompressionTests
{
    public static TheoryData<Compression> All =>
        new(Compression.None, Compression.Snappy, Compression.Lz4, Compression.Zstd, Compression.Gzip, Compression.Brotli);

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_compressed_comes_back(Compression codec)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var data = Data(seed);
            var packed = new ByteBuffer();
            BlockCodecs.Compress(codec, null, data, packed);
            var back = new byte[data.Length];
            BlockCodecs.Decompress(codec, packed.Written, back);
            back.AsSpan().SequenceEqual(data).ShouldBeTrue($"seed {seed}, {data.Length} bytes");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_wrong_size_is_an_error(Compression codec)
    {
        var data = Data(7);
        var packed = new ByteBuffer();
        BlockCodecs.Compress(codec, null, data, packed);
        Should.Throw<DataFormatException>(() => BlockCodecs.Decompress(codec, packed.Written, new byte[data.Length - 1]));
        Should.Throw<DataFormatException>(() => BlockCodecs.Decompress(codec, packed.Written, new byte[data.Length + 1]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Broken_data_give_a_format_error_or_other_bytes_and_none_beside_the_target(Compression codec)
    {
        const int Fence = 256;
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var data = Data(seed % 50);
            var packed = new ByteBuffer();
            BlockCodecs.Compress(codec, null, data, packed);
            var broken = packed.Written.ToArray();
            if (random.Next(3) == 0) broken = broken[..random.Next(broken.Length + 1)];
            for (var i = random.Next(4); i >= 0 && broken.Length > 0; i--) broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
            var around = new byte[data.Length + 2 * Fence];
            around.AsSpan().Fill(0xA5);
            try
            {
                BlockCodecs.Decompress(codec, broken, around.AsSpan(Fence, data.Length));
            }
            catch (DataFormatException)
            {
            }
            around.AsSpan(0, Fence).ContainsAnyExcept((byte)0xA5).ShouldBeFalse($"seed {seed}");
            around.AsSpan(Fence + data.Length).ContainsAnyExcept((byte)0xA5).ShouldBeFalse($"seed {seed}");
        }
    }

    [Fact]
    public void Lz4_frames_come_back()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var data = Data(seed);
            var packed = new ByteBuffer();
            Lz4Frame.Compress(data, packed);
            var back = new byte[data.Length];
            Lz4Frame.Decompress(packed.Written, back);
            back.AsSpan().SequenceEqual(data).ShouldBeTrue($"seed {seed}");
        }
    }

    [Fact]
    public void Gzip_members_end_to_end_are_one_content()
    {
        var packed = new ByteBuffer();
        BclCodecs.Gzip("one "u8, 6, packed);
        BclCodecs.Gzip("two"u8, 6, packed);
        var back = new byte[7];
        BclCodecs.Gunzip(packed.Written, back);
        Encoding.UTF8.GetString(back).ShouldBe("one two");
    }

    [Fact]
    public void Checksums_are_the_known_ones()
    {
        Crc32.Of("123456789"u8).ShouldBe(0xCBF43926);
        XxHash32.Of(""u8).ShouldBe(0x02CC5D05u);
        XxHash32.Of("Nobody inspects the spammish repetition"u8).ShouldBe(0xE2293B2Fu);
        var random = new Random(3);
        for (var length = 0; length < 400; length++)
        {
            var data = new byte[length];
            random.NextBytes(data);
            Crc32.Of(data).ShouldBe(~Crc32.Bytes(data, uint.MaxValue), $"{length} bytes");
        }
    }

    static byte[] Data(int seed)
    {
        var random = new Random(seed);
        var length = seed switch { 0 => 0, 1 => 1, < 20 => seed, < 100 => random.Next(5_000), _ => random.Next(300_000) };
        var data = new byte[length];
        for (var at = 0; at < length;)
        {
            var run = Math.Min(length - at, 1 + random.Next(80));
            if (at > 0 && random.Next(2) == 0)
            {
                var back = 1 + random.Next(Math.Min(at, random.Next(3) == 0 ? 40 : 70_000));
                for (var i = 0; i < run; i++) data[at + i] = data[at + i - back];
            }
            else random.NextBytes(data.AsSpan(at, run));
            at += run;
        }
        return data;
    }
}

using Anit.Data.Codecs;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Write;

/// <summary>A page on its way: encoded, then compressed, with its header.</summary>
sealed class Page
{
    public readonly ByteBuffer Raw = new(), Packed = new(), Header = new();
    public PageHeader Info = new();

    /// <summary>Bytes at the front that stay as they are: the levels of a page of version 2.</summary>
    public int Plain;

    /// <summary>What is known of the page before its size.</summary>
    public PageInfo Known;

    public Task Work = Task.CompletedTask;

    public int Bytes => Header.Length + Packed.Length;
}

/// <summary>Compresses the pages of all columns, on other threads where there are some, and hands them to their chunks in order.</summary>
sealed class PagePacker
{
    readonly Compression codec;
    readonly int? level;
    readonly int most; // pages under way
    readonly Stack<Page> spare = [];
    readonly Queue<(Page Page, Action<Page> To)> underWay = [];

    public PagePacker(WriteOptions options)
    {
        (codec, level) = (Usual(options.Compression), options.Level);
        most = options.Threads > 1 ? options.Threads : 0;
    }

    /// <summary>Blocks for the pages that wait for the end of the row group.</summary>
    public Stack<byte[]> Blocks { get; } = [];

    /// <summary>What stands for the default.</summary>
    public static Compression Usual(Compression codec) =>
        codec == Compression.Default ? (Zstd.IsAvailable ? Compression.Zstd : Compression.Snappy) : codec;

    /// <summary>How the footer calls it.</summary>
    public Codec Codec => codec switch
    {
        Compression.None => Codec.Uncompressed,
        Compression.Snappy => Codec.Snappy,
        Compression.Gzip => Codec.Gzip,
        Compression.Brotli => Codec.Brotli,
        Compression.Lz4 => Codec.Lz4Raw,
        _ => Codec.Zstd,
    };

    /// <summary>An empty page to encode into.</summary>
    public Page Rent()
    {
        if (!spare.TryPop(out var page)) page = new();
        page.Raw.Clear();
        return page;
    }

    /// <summary>Compresses an encoded page; it goes to its chunk when all before it did.</summary>
    public void Add(Page page, Action<Page> to)
    {
        if (most == 0) Pack(page);
        else page.Work = Task.Run(() => Pack(page));
        underWay.Enqueue((page, to));
        while (underWay.Count > most || underWay.TryPeek(out var first) && first.Page.Work.IsCompleted) HandOver();
    }

    /// <summary>Waits for all pages under way.</summary>
    public void Finish()
    {
        while (underWay.Count > 0) HandOver();
    }

    /// <summary>Waits for all pages under way, whose chunks nobody wants any more.</summary>
    public async ValueTask AbandonAsync()
    {
        while (underWay.TryDequeue(out var waiting)) await waiting.Page.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Return(Page page) => spare.Push(page);

    void HandOver()
    {
        var (page, to) = underWay.Dequeue();
        page.Work.GetAwaiter().GetResult();
        to(page);
        Return(page);
    }

    /// <summary>Compresses the page behind its plain part and writes its header.</summary>
    public void Pack(Page page)
    {
        var (raw, packed, info) = (page.Raw, page.Packed, page.Info);
        packed.Clear();
        packed.Append(raw.Written[..page.Plain]);
        var body = raw.Written[page.Plain..];
        info.Compressed = codec != Compression.None && body.Length > 0;
        if (info.Compressed || info.Type != PageType.DataV2) BlockCodecs.Compress(codec, level, body, packed);
        else packed.Append(body);
        info.UncompressedSize = raw.Length;
        info.CompressedSize = packed.Length;
        info.Crc = (int)Crc32.Of(packed.Written);
        page.Header.Clear();
        info.Write(new CompactWriter(page.Header), null);
    }
}

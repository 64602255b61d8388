using System.Buffers.Binary;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Tests.Parquet;

/// <summary>Parquet files with their footer changed.</summary>
static class Footers
{
    public static FileMeta MetaOf(byte[] file) => FileMeta.Read(Bytes(file), ReadLimits.Default);

    public static byte[] Changed(byte[] file, Action<FileMeta> change) => Replaced(file, footer =>
    {
        var meta = FileMeta.Read(footer, ReadLimits.Default);
        change(meta);
        var to = new ByteBuffer();
        meta.Write(new CompactWriter(to));
        return to.Written.ToArray();
    });

    public static byte[] Replaced(byte[] file, Func<byte[], byte[]> change)
    {
        var footer = Bytes(file);
        var changed = change(footer);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, changed.Length);
        return [.. file[..^(8 + footer.Length)], .. changed, .. length, .. "PAR1"u8];
    }

    static byte[] Bytes(byte[] file) => file[^(8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8)))..^8];
}

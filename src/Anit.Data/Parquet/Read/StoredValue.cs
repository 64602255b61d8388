using System.Buffers.Binary;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Schemas;

namespace Anit.Data.Parquet.Read;

/// <summary>A single value as statistics keep it: PLAIN, without a length.</summary>
static class StoredValue
{
    const int Slack = 32; // readers may load, never use, bytes behind the data

    /// <summary>The value as an object; null where there is none, it is NaN, or it is not of the column's type (cut inside a letter).</summary>
    public static object? Of(LeafShape leaf, byte[]? stored)
    {
        if (stored is null || leaf.Field.Type is NullType or IntervalType) return null;
        var prefix = leaf.Node.Element.Type == PhysicalType.ByteArray ? sizeof(int) : 0;
        var page = new byte[prefix + stored.Length + Slack];
        if (prefix > 0) BinaryPrimitives.WriteInt32LittleEndian(page, stored.Length);
        stored.CopyTo(page, prefix);
        try
        {
            var values = LeafReaders.Of(leaf, new ReadOptions());
            values.Restart(page.Length);
            values.BeginPage(PageEncoding.Plain, page, 0, prefix + stored.Length, 1);
            values.Read(1);
            return values.Finish(1, default).Value(0) is var value && value is double.NaN or float.NaN ? null : value;
        }
        catch (Exception e) when (e is DataFormatException or OverflowException)
        {
            return null;
        }
    }
}

using System.Buffers.Binary;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Schemas;

namespace Anit.Data.Parquet.Read;

/// <summary>Tells which rows of a row group statistics cannot rule out.</summary>
static class Pruner
{
    const long MostExact = 1L << 53; // integers beyond are not exact as doubles

    /// <summary>The leaf that a range speaks of.</summary>
    public static SchemaNode Leaf(ColumnRange range, List<SchemaNode> leaves) =>
        leaves.Find(l => string.Join('.', l.Path) == range.Column)
        ?? throw new ArgumentException(
            $"no column '{range.Column}' to look for values in; the table has: {string.Join(", ", leaves.Select(l => string.Join('.', l.Path)))}");

    /// <summary>Runs of rows that may match all ranges, in order.</summary>
    public static List<(long From, long To)> Rows(
        IReadOnlyList<(ColumnRange Range, SchemaNode Leaf)> ranges, RowGroup group, Func<ColumnChunk, PageIndex?> index,
        Func<ColumnChunk, BloomFilter?> bloom)
    {
        List<(long From, long To)> runs = group.Rows > 0 ? [(0, group.Rows)] : [];
        foreach (var (range, leaf) in ranges)
        {
            var chunk = group.Chunks[leaf.Leaf];
            if (chunk.Statistics is { } all && (all.Nulls == chunk.Values && chunk.Values > 0 || Misses(range, leaf.Element, all))) return [];
            if (BloomFilter.Sought(range, leaf.Element) is { } hash && bloom(chunk)?.MayHold(hash) == false) return [];
            if (index(chunk) is { Bounds: { } bounds } pages) runs = Common(runs, Kept(range, leaf.Element, pages, bounds));
        }
        return runs;
    }

    static List<(long From, long To)> Kept(ColumnRange range, SchemaElement element, PageIndex pages, Statistics?[] bounds)
    {
        var kept = new List<(long From, long To)>();
        for (var i = 0; i < pages.Pages; i++)
        {
            if (bounds[i] is null || Misses(range, element, bounds[i]!)) continue;
            var (from, to) = (pages.FirstRows[i], pages.FirstRows[i + 1]);
            if (kept.Count > 0 && kept[^1].To == from) kept[^1] = (kept[^1].From, to);
            else kept.Add((from, to));
        }
        return kept;
    }

    /// <summary>The rows that are in both.</summary>
    public static List<(long From, long To)> Common(List<(long From, long To)> a, List<(long From, long To)> b)
    {
        var common = new List<(long, long)>();
        for (int i = 0, j = 0; i < a.Count && j < b.Count;)
        {
            var (from, to) = (Math.Max(a[i].From, b[j].From), Math.Min(a[i].To, b[j].To));
            if (from < to) common.Add((from, to));
            if (a[i].To < b[j].To) i++;
            else j++;
        }
        return common;
    }

    /// <summary>Whether no value between these bounds is in the range; false whenever that is not sure.</summary>
    static bool Misses(ColumnRange range, SchemaElement element, Statistics bounds)
    {
        if (bounds is not { Min: { } low, Max: { } high }) return false;
        return range switch
        {
            TextRange t =>
                element.Type == PhysicalType.ByteArray && element.Logical != LogicalKind.Decimal && element.Converted != ConvertedType.Decimal
                && (t.Least is not null && high.AsSpan().SequenceCompareTo(t.Least) < 0 || t.Most is not null && low.AsSpan()
                    .SequenceCompareTo(t.Most) > 0),
            IntegerRange r when Integer(element, high) is { } largest && Integer(element, low) is { } smallest =>
                largest < r.Least || smallest > r.Most,
            IntegerRange r when Number(element, high) is { } largest && Number(element, low) is { } smallest =>
                largest < r.Least || smallest > r.Most,
            NumberRange r when Number(element, high) is { } largest && Number(element, low) is { } smallest => largest < r.Least || smallest > r.Most,
            _ => false,
        };
    }

    static Int128? Integer(SchemaElement element, byte[] value)
    {
        if (element.Logical == LogicalKind.Decimal || element.Converted == ConvertedType.Decimal) return null;
        var unsigned = element.Logical == LogicalKind.Integer ? !element.Signed
            : element.Converted is >= ConvertedType.UInt8 and <= ConvertedType.UInt64;
        return (element.Type, value.Length) switch
        {
            (PhysicalType.Int32, 4) => unsigned ? BinaryPrimitives.ReadUInt32LittleEndian(value) : BinaryPrimitives.ReadInt32LittleEndian(value),
            (PhysicalType.Int64, 8) => unsigned ? BinaryPrimitives.ReadUInt64LittleEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value),
            _ => null,
        };
    }

    static double? Number(SchemaElement element, byte[] value) => (element.Type, value.Length) switch
    {
        (PhysicalType.Float, 4) when BinaryPrimitives.ReadSingleLittleEndian(value) is var f && !float.IsNaN(f) => f,
        (PhysicalType.Double, 8) when BinaryPrimitives.ReadDoubleLittleEndian(value) is var d && !double.IsNaN(d) => d,
        _ => Integer(element, value) is { } i && Int128.Abs(i) <= MostExact ? (double)i : null,
    };
}

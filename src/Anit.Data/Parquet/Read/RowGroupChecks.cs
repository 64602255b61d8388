using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Schemas;

namespace Anit.Data.Parquet.Read;

/// <summary>What must hold between footer, schema and file before any page is read.</summary>
static class RowGroupChecks
{
    const int Start = 4; // behind the first PAR1

    public static void Check(FileMeta meta, List<SchemaNode> leaves, long footerStart)
    {
        var ranges = new List<(long From, long To)>();
        long rows = 0;
        for (var i = 0; i < meta.RowGroups.Count; i++)
        {
            var group = meta.RowGroups[i];
            try
            {
                Group(group, leaves, footerStart, ranges);
                if (group.Rows > long.MaxValue - rows) throw new DataFormatException($"a row group of {group.Rows:N0} rows");
                rows += group.Rows;
            }
            catch (DataFormatException e)
            {
                throw e.At(rowGroup: i);
            }
        }
        if (rows != meta.Rows) throw new DataFormatException($"the footer claims {meta.Rows:N0} rows, its row groups have {rows:N0}");

        // Chunks that share bytes would let a small file stand for any number of rows.
        ranges.Sort();
        for (var i = 1; i < ranges.Count; i++)
            if (ranges[i].From < ranges[i - 1].To)
                throw new DataFormatException(
                    $"two column chunks share the bytes from {ranges[i].From:N0} to {Math.Min(ranges[i].To, ranges[i - 1].To):N0}")
                    .At(offset: ranges[i].From);
    }

    static void Group(RowGroup group, List<SchemaNode> leaves, long footerStart, List<(long, long)> ranges)
    {
        if (group.Rows < 0) throw new DataFormatException($"a row group of {group.Rows:N0} rows");
        if (group.Chunks.Count != leaves.Count)
            throw new DataFormatException($"a row group of {group.Chunks.Count} columns, the schema has {leaves.Count}");
        for (var c = 0; c < leaves.Count; c++)
        {
            var (chunk, leaf) = (group.Chunks[c], leaves[c]);
            try
            {
                Chunk(chunk, leaf, group.Rows);
                var (from, to) = Range(chunk, footerStart);
                if (to > from) ranges.Add((from, to));
            }
            catch (DataFormatException e)
            {
                throw e.At(column: string.Join('.', leaf.Path));
            }
        }
    }

    static void Chunk(ColumnChunk chunk, SchemaNode leaf, long rows)
    {
        if (chunk.Encrypted) throw new DataFormatException("the column is encrypted; encryption is not supported");
        if (!chunk.HasMeta) throw new DataFormatException("a column chunk without its metadata");
        if (!string.IsNullOrEmpty(chunk.FilePath))
            throw new DataFormatException($"the column lies in another file, '{chunk.FilePath}', which is not supported");
        if (chunk.Type != leaf.Element.Type) throw new DataFormatException($"a column chunk of {chunk.Type}, the schema says {leaf.Element.Type}");
        if (chunk.Path.Count > 0 && !chunk.Path.SequenceEqual(leaf.Path))
            throw new DataFormatException($"a column chunk of '{string.Join('.', chunk.Path)}', the schema has another column here");
        if (chunk.Values == 0 && leaf.MaxRepetition == 0) chunk.Values = rows; // some writers leave it at 0, and the pages have them all the same
        if (chunk.Values < 0) throw new DataFormatException($"a column chunk of {chunk.Values} values");
        if (leaf.MaxRepetition == 0 && chunk.Values != rows)
            throw new DataFormatException($"a column chunk of {chunk.Values:N0} values in a row group of {rows:N0} rows");
        if (leaf.MaxRepetition > 0 && chunk.Values < rows)
            throw new DataFormatException($"a column chunk of {chunk.Values:N0} values in a row group of {rows:N0} rows");
        if (chunk.Codec is Codec.Lzo or < Codec.Uncompressed or > Codec.Lz4Raw) throw ColumnChunkReader.UnknownCodec(chunk.Codec);
    }

    /// <summary>Where a chunk's pages lie: from the dictionary, if it has one, to the end by its size.</summary>
    public static (long From, long To) Range(ColumnChunk chunk, long footerStart)
    {
        var from = chunk.DataPageOffset;
        if (chunk.DictionaryPageOffset is { } dictionary && dictionary >= Start && dictionary < from) from = dictionary;
        if (chunk.CompressedBytes < 0 || from < 0) throw new DataFormatException($"a column chunk of {chunk.CompressedBytes:N0} bytes at {from:N0}");
        if (chunk.CompressedBytes == 0 || chunk.Values == 0) return (Start, Start); // nothing to read, whatever the offsets
        if (from < Start || chunk.CompressedBytes > footerStart - from)
            throw new DataFormatException($"a column chunk of {chunk.CompressedBytes:N0} bytes at {from:N0}; the data end at {footerStart:N0}");
        return (from, from + chunk.CompressedBytes);
    }
}

using System.Buffers.Binary;
using Anit.Data.Arrow.FlatBuffers;

namespace Anit.Data.Arrow.Meta;

/// <summary>Where a message lies in a file: its prefix and metadata, then its body.</summary>
readonly record struct ArrowBlock(long Offset, int MetadataLength, long BodyLength);

/// <summary>The index at the end of an Arrow file.</summary>
sealed record ArrowFooter(ArrowSchema Schema, IReadOnlyList<ArrowBlock> Dictionaries, IReadOnlyList<ArrowBlock> Batches)
{
    /// <param name="bytes">The FlatBuffer.</param>
    /// <param name="end">Where the messages end in the file, at or before the footer.</param>
    public static ArrowFooter Read(ReadOnlySpan<byte> bytes, long end)
    {
        var table = FlatTable.Root(bytes);
        var version = table.Int16(0);
        // Old writers left the footer's version at its default, V1; each message states its own again.
        if (version is < 0 or > 4) throw new DataFormatException($"Arrow footer of metadata version V{version + 1}; V4 and V5 can be read");
        if (!table.TryTable(1, out var schema)) throw new DataFormatException("Arrow footer without a schema");
        var dictionaries = Blocks(table, 2, end);
        var batches = Blocks(table, 3, end);
        RefuseOverlap([.. dictionaries, .. batches]);
        var read = SchemaReading.Read(schema);
        var extra = SchemaReading.KeyValues(table, 4);
        if (extra.Count > 0)
            read = read with { Metadata = read.Metadata.Concat(extra).GroupBy(pair => pair.Key).ToDictionary(g => g.Key, g => g.Last().Value) };
        return new ArrowFooter(read, dictionaries, batches);
    }

    static ArrowBlock[] Blocks(FlatTable table, int slot, long end)
    {
        var bytes = table.Structs(slot, 24, out var count);
        var blocks = new ArrowBlock[count];
        for (var i = 0; i < count; i++)
        {
            var at = bytes[(24 * i)..];
            var block = new ArrowBlock(BinaryPrimitives.ReadInt64LittleEndian(at), BinaryPrimitives.ReadInt32LittleEndian(at[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(at[16..]));
            if (block.Offset < 8 || block.MetadataLength < 8 || block.BodyLength < 0 || block.Offset > end - block.MetadataLength
                || block.BodyLength > end - block.Offset - block.MetadataLength)
            {
                throw new DataFormatException(
                    $"Arrow footer: block {i} ({block.Offset} + {block.MetadataLength} + {block.BodyLength} bytes) "
                    + $"lies outside the file's {end} bytes");
            }
            blocks[i] = block;
        }
        return blocks;
    }

    // Many entries that point at one batch would make a small file expand without bound.
    static void RefuseOverlap(ArrowBlock[] blocks)
    {
        Array.Sort(blocks, (a, b) => a.Offset.CompareTo(b.Offset));
        for (var i = 1; i < blocks.Length; i++)
        {
            if (blocks[i].Offset < blocks[i - 1].Offset + blocks[i - 1].MetadataLength + blocks[i - 1].BodyLength)
                throw new DataFormatException($"Arrow footer: two blocks overlap at byte {blocks[i].Offset}");
        }
    }
}

using Anit.Data.Parquet.Encodings;
using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Write;

/// <summary>BYTE_ARRAY values of text, binary and dictionary columns.</summary>
sealed class BytesWriter : ValueWriter
{
    readonly ByteBuffer lengths = new();
    readonly ByteBuffer data = new();
    readonly ByteTable table = new();
    readonly MinMax.OfBytes range;
    long pageBytes;

    // The last dictionary column's values, as entries of the table.
    Column? mappedValues;
    int[] mapped = [];

    public BytesWriter(bool text) => Range = range = new(text);

    public override int DictionaryCount => table.Count;
    protected override long DictionaryBytes => table.ByteCount + 4L * table.Count;
    public override long PageBytes => pageBytes;

    public override void AppendRange(Column column, int start, int count)
    {
        if (column is DictionaryColumn d)
        {
            var indices = d.Indices.Values.Slice(start, count);
            if (UsesDictionary) AppendMapped(d, indices);
            else foreach (var index in indices) Append(((BytesColumn)d.Values).Bytes(index));
            return;
        }
        var bytes = (BytesColumn)column;
        var offsets = bytes.Offsets.Slice(start, count + 1);
        var all = bytes.Data.Span;
        if (UsesDictionary)
        {
            for (var i = 0; i < count; i++) AppendIndex(all[offsets[i]..offsets[i + 1]]);
            return;
        }

        // Plain values of neighbours lie side by side already.
        data.Append(all[offsets[0]..offsets[count]]);
        for (var i = 0; i < count; i++)
        {
            lengths.AppendValue(offsets[i + 1] - offsets[i]);
            Seen(all[offsets[i]..offsets[i + 1]]);
        }
        pageBytes += offsets[count] - offsets[0] + 4L * count;
        Count += count;
    }

    public override void AppendRows(Column column, ReadOnlySpan<int> rows)
    {
        if (column is DictionaryColumn d)
        {
            var indices = d.Indices.Values;
            foreach (var row in rows)
            {
                if (UsesDictionary) AppendMapped(d, indices.Slice(row, 1));
                else Append(((BytesColumn)d.Values).Bytes(indices[row]));
            }
            return;
        }
        var bytes = (BytesColumn)column;
        var offsets = bytes.Offsets;
        var all = bytes.Data.Span;
        foreach (var row in rows) Append(all[offsets[row]..offsets[row + 1]]);
    }

    public override bool CanHash => true;

    void Seen(ReadOnlySpan<byte> value)
    {
        range.Add(value);
        Hashes?.Add(BloomFilter.Hash(value));
    }

    void Append(ReadOnlySpan<byte> value)
    {
        if (UsesDictionary)
        {
            AppendIndex(value);
            return;
        }
        data.Append(value);
        lengths.AppendValue(value.Length);
        Seen(value);
        pageBytes += value.Length + 4;
        Count++;
    }

    void AppendIndex(ReadOnlySpan<byte> value)
    {
        var index = table.Add(value);
        if (!seen.Get(index))
        {
            Seen(value);
            seen.Set(index);
        }
        Indices.AppendValue(index);
        pageBytes += value.Length + 4;
        Count++;
    }

    /// <summary>Which entries the page has used: each counts once for its smallest and largest value.</summary>
    readonly BitSet seen = new();

    void AppendMapped(DictionaryColumn column, ReadOnlySpan<int> indices)
    {
        if (!ReferenceEquals(mappedValues, column.Values))
        {
            mappedValues = column.Values;
            mapped = new int[column.Values.Length];
            mapped.AsSpan().Fill(-1);
        }
        var values = (BytesColumn)column.Values;
        foreach (var index in indices)
        {
            var entry = mapped[index];
            if (entry < 0 || !seen.Get(entry))
            {
                var value = values.Bytes(index);
                mapped[index] = entry = table.Add(value);
                Seen(value);
                seen.Set(entry);
            }
            Indices.AppendValue(entry);
            pageBytes += table.LengthOf(entry) + 4;
            Count++;
        }
    }

    protected override PageEncoding EncodePlainly(ByteBuffer to)
    {
        // Lengths together and text together compress better than mixed, and are read back in one copy.
        DeltaEncoder.Encode(lengths.AsSpan<int>(), to);
        to.Append(data.Written);
        return PageEncoding.DeltaLengthByteArray;
    }

    public override void EncodeDictionary(ByteBuffer to)
    {
        for (var i = 0; i < table.Count; i++)
        {
            var value = table[i];
            to.AppendValue(value.Length);
            to.Append(value);
        }
    }

    protected override void RestorePlain()
    {
        foreach (var index in Indices.AsSpan<int>())
        {
            data.Append(table[index]);
            lengths.AppendValue(table.LengthOf(index));
        }
    }

    protected override void ClearPage()
    {
        lengths.Clear();
        data.Clear();
        seen.Clear();
        pageBytes = 0;
    }

    protected override void ClearDictionary()
    {
        table.Clear();
        mappedValues = null;
    }
}

/// <summary>A growing set of small numbers.</summary>
sealed class BitSet
{
    ulong[] words = new ulong[4];

    public bool Get(int i) => i >> 6 < words.Length && (words[i >> 6] >> (i & 63) & 1) != 0;

    public void Set(int i)
    {
        if (i >> 6 >= words.Length) Array.Resize(ref words, Math.Max(words.Length * 2, (i >> 6) + 1));
        words[i >> 6] |= 1UL << (i & 63);
    }

    public void Clear() => words.AsSpan().Clear();
}

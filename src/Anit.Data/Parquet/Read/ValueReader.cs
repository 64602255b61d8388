using Anit.Data.Parquet.Encodings;
using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Read;

/// <summary>Decodes the values of one leaf column, page after page, into one growing column.</summary>
/// <remarks>Only values that are there are decoded; <see cref="Finish"/> spreads them over the rows that are not null.</remarks>
abstract class ValueReader(ReadLimits limits)
{
    protected ReadLimits Limits { get; } = limits;
    protected byte[] Data = [];
    protected int At, End;
    protected PageEncoding Encoding;
    protected readonly HybridDecoder Indices = new();
    protected readonly DeltaDecoder Deltas = new();
    protected int[] IndexBuffer = [];

    /// <summary>Entries of the dictionary, or -1 before it was read.</summary>
    protected int DictionaryCount = -1;

    /// <summary>Values read since the last <see cref="Finish"/>.</summary>
    public int Count { get; protected set; }

    /// <summary>Bytes they take.</summary>
    public abstract long ByteCount { get; }

    /// <summary>Takes over a dictionary page's values.</summary>
    public void SetDictionary(ReadOnlySpan<byte> page, int count)
    {
        ReadDictionary(page, count);
        DictionaryCount = count;
    }

    /// <summary>Forgets the dictionary: a new column chunk begins.</summary>
    public void Restart(long chunkBytes)
    {
        DictionaryCount = -1;
        Expanded = 0;
        MostExpanded = Limits.ExpandedBytes + Math.Min(chunkBytes, 1L << 40) * 1_000;
    }

    /// <summary>Accounts for values that take more room than their bytes in the file: repeated ones.</summary>
    protected void Expand(long bytes)
    {
        Expanded += bytes;
        if (Expanded > MostExpanded)
            throw ReadLimits.Exceeded("the size a column chunk expands to", Expanded, nameof(Limits.ExpandedBytes), Limits.ExpandedBytes);
    }

    long Expanded, MostExpanded;

    /// <summary>Starts on a page's values; there are at most <paramref name="most"/>.</summary>
    public void BeginPage(PageEncoding encoding, byte[] data, int from, int to, int most)
    {
        (Data, At, End) = (data, from, to);
        Encoding = encoding == PageEncoding.PlainDictionary ? PageEncoding.RleDictionary : encoding;
        if (Encoding == PageEncoding.RleDictionary) BeginIndices(most);
        else Begin(most);
    }

    /// <summary>How many of the next <paramref name="count"/> values may be decoded at once without leaving <paramref name="budget"/> bytes far
    /// behind.</summary>
    public virtual int Within(int count, long budget) => count;

    /// <summary>Decodes the next values.</summary>
    public abstract void Read(int count);

    /// <summary>The values spread over <paramref name="slots"/> rows by a validity bitmap (empty: every row has one); the reader starts
    /// anew.</summary>
    public Column Finish(int slots, ReadOnlyMemory<byte> validity)
    {
        var nulls = slots - Count;
        var column = Build(slots, nulls == 0 ? default : validity, nulls);
        Count = 0;
        return column;
    }

    /// <summary>Gives buffers back that no column uses.</summary>
    public virtual void GiveBack() { }

    protected abstract void ReadDictionary(ReadOnlySpan<byte> page, int count);
    protected abstract void Begin(int most);
    protected abstract Column Build(int slots, ReadOnlyMemory<byte> validity, int nulls);

    void BeginIndices(int most)
    {
        if (DictionaryCount < 0) throw new DataFormatException("a page of dictionary indices without a dictionary");
        if (At == End)
        {
            // A page without values may leave out the width.
            if (most > 0) Indices.Begin(Data, At, End, 1, 0);
            return;
        }
        var width = Data[At];
        if (width > 32) throw new DataFormatException($"dictionary indices of {width} bits");
        if (DictionaryCount == 0 && most > 0) Indices.Begin(Data, End, End, 1, 0);
        else Indices.Begin(Data, At + 1, End, width, (uint)Math.Max(0, DictionaryCount - 1));
    }

    /// <summary>The next dictionary indices, all in range.</summary>
    protected ReadOnlySpan<int> ReadIndices(int count)
    {
        if (IndexBuffer.Length < count) IndexBuffer = new int[Math.Max(count, 1024)];
        var indices = IndexBuffer.AsSpan(0, count);
        Indices.Read(indices);
        return indices;
    }

    protected DataFormatException Unknown() =>
        new($"{(Enum.IsDefined(Encoding) ? "an encoding that does not fit the column" : "an unknown encoding")}, {Encoding}");

    protected DataFormatException Short(long needed) => new($"the values end early: {needed:N0} bytes are needed, {End - At:N0} are left");

    /// <summary>Moves compact values of one width to the rows that are not null, from the last to the first.</summary>
    protected static void Spread<T>(Span<T> values, int count, ReadOnlySpan<byte> validity) where T : unmanaged
    {
        for (var (to, from) = (values.Length - 1, count - 1); to > from && to >= 0; to--)
            values[to] = Bitmap.Get(validity, to) ? values[from--] : default;
    }
}

/// <summary>BOOLEAN values.</summary>
sealed class BoolReader(ReadLimits limits) : ValueReader(limits)
{
    readonly ByteBuffer values = new(); // a byte each until finished
    int bit;

    public override long ByteCount => values.Length;

    protected override void ReadDictionary(ReadOnlySpan<byte> page, int count) => throw new DataFormatException("a dictionary of booleans");

    protected override void Begin(int most)
    {
        bit = 0;
        if (Encoding == PageEncoding.Rle)
        {
            if (End - At < 4) throw Short(4);
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(Data.AsSpan(At));
            At += 4;
            if (length < 0 || length > End - At) throw new DataFormatException($"{length:N0} bytes of booleans, {End - At:N0} are left");
            Indices.Begin(Data, At, At + length, 1, 1);
        }
        else if (Encoding != PageEncoding.Plain) throw Unknown();
    }

    public override void Read(int count)
    {
        var to = values.Reserve(count)[..count];
        if (Encoding == PageEncoding.Rle) Indices.Read(to);
        else
        {
            if ((long)(End - At) * 8 - bit < count) throw Short(((long)bit + count + 7) / 8);
            for (var i = 0; i < count; i++, bit++) to[i] = (byte)(Data[At + (bit >> 3)] >> (bit & 7) & 1);
        }
        values.Advance(count);
        Count += count;
    }

    protected override Column Build(int slots, ReadOnlyMemory<byte> validity, int nulls)
    {
        var bits = new byte[Bitmap.Bytes(slots)];
        var from = values.Written;
        var valid = validity.Span;
        for (int i = 0, next = 0; i < slots; i++)
            if ((nulls == 0 || Bitmap.Get(valid, i)) && from[next++] != 0) Bitmap.Set(bits, i);
        values.Clear();
        return new BoolColumn(slots, bits, validity, nulls);
    }
}

/// <summary>Columns of the null type: there is nothing to decode, every row is null.</summary>
sealed class NothingReader(ReadLimits limits) : ValueReader(limits)
{
    public override long ByteCount => 0;
    public override void Read(int count) => Count += count > 0 ? throw new DataFormatException("a value in a column of the null type") : 0;
    protected override void ReadDictionary(ReadOnlySpan<byte> page, int count) { }
    protected override void Begin(int most) { }
    protected override Column Build(int slots, ReadOnlyMemory<byte> validity, int nulls) => new NullColumn(slots);
}

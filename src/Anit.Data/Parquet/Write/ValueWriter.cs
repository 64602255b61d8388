using Anit.Data.Parquet.Encodings;
using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Write;

/// <summary>Collects the values of one page of a leaf column and encodes them: through a dictionary while that pays, else plainly.</summary>
abstract class ValueWriter
{
    /// <summary>A dictionary must save a fifth of the plain size, and its page must stay below this.</summary>
    const double Worth = 0.8;
    const int MostDictionaryBytes = 1 << 20;

    protected readonly ByteBuffer Indices = new();
    bool decided;

    /// <summary>Whether values go through the dictionary at present.</summary>
    public bool UsesDictionary { get; protected set; }

    /// <summary>Distinct values in the dictionary.</summary>
    public abstract int DictionaryCount { get; }

    /// <summary>Bytes of the dictionary page.</summary>
    protected abstract long DictionaryBytes { get; }

    /// <summary>Bytes the page's values take plainly.</summary>
    public abstract long PageBytes { get; }

    /// <summary>Values in the page.</summary>
    public int Count { get; protected set; }

    /// <summary>Smallest and largest value of the page so far.</summary>
    public MinMax Range { get; protected init; } = MinMax.None;

    /// <summary>Takes the hash of every value of the chunk, for its bloom filter; null where it has none.</summary>
    public HashSet<ulong>? Hashes { get; set; }

    /// <summary>Whether the values are hashed where <see cref="Hashes"/> is there.</summary>
    public virtual bool CanHash => false;

    /// <summary>Begins a column chunk.</summary>
    public void BeginChunk(bool dictionary)
    {
        (UsesDictionary, decided) = (dictionary && CanUseDictionary, false);
        ClearDictionary();
    }

    /// <summary>Appends the values of rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> - 1, none null.</summary>
    public abstract void AppendRange(Column column, int start, int count);

    /// <summary>Appends the values of these rows, none null.</summary>
    public abstract void AppendRows(Column column, ReadOnlySpan<int> rows);

    /// <summary>Appends the page's encoded values, clears them and tells how they were encoded.</summary>
    public PageEncoding EncodePage(ByteBuffer to)
    {
        if (UsesDictionary && !StillWorth()) LeaveDictionary();
        PageEncoding encoding;
        if (Count == 0) encoding = PageEncoding.Plain;
        else if (UsesDictionary || Indices.Length > 0)
        {
            var width = HybridEncoder.Width(Math.Max(0, DictionaryCount - 1));
            to.Append((byte)width);
            HybridEncoder.Encode<int>(Indices.AsSpan<int>(), width, to);
            encoding = PageEncoding.RleDictionary;
        }
        else encoding = EncodePlainly(to);
        ClearPage();
        Indices.Clear();
        Count = 0;
        return encoding;
    }

    /// <summary>Appends the dictionary's values plainly.</summary>
    public abstract void EncodeDictionary(ByteBuffer to);

    protected virtual bool CanUseDictionary => true;
    protected abstract PageEncoding EncodePlainly(ByteBuffer to);
    protected abstract void ClearPage();
    protected abstract void ClearDictionary();

    /// <summary>Turns the page's indices back into plain values, for a dictionary given up on its first page.</summary>
    protected abstract void RestorePlain();

    /// <summary>On the first page both are compared; later only the dictionary's size is watched.</summary>
    bool StillWorth()
    {
        if (DictionaryBytes > MostDictionaryBytes) return false;
        if (decided) return true;
        var packed = DictionaryBytes + (long)Count * HybridEncoder.Width(Math.Max(0, DictionaryCount - 1)) / 8;
        return packed <= Worth * PageBytes || Count < 16;
    }

    /// <summary>Gives a dictionary up as soon as its first page shows that it will be: the page's end would find the same, and later.</summary>
    public void Watch()
    {
        if (UsesDictionary && !decided && DictionaryBytes > MostDictionaryBytes) LeaveDictionary();
    }

    void LeaveDictionary()
    {
        UsesDictionary = false;
        if (decided) return; // pages before refer to it: this last one may too
        RestorePlain();
        ClearDictionary();
        Indices.Clear();
    }

    /// <summary>Called when a page was written: from now on pages refer to the dictionary.</summary>
    public void PageWritten() => decided = true;
}

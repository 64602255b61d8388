using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>Turns messages into batches: what streams and files have in common.</summary>
sealed class BatchDecoder
{
    readonly ArrowSchema arrow;
    readonly ReadOptions options;
    readonly DictionaryStore dictionaries;
    readonly ArrayReader arrays;
    readonly int[] sources; // for each column of the batch, its field in the input: one field may be asked for twice
    readonly bool[] needed; // for each field of the input
    readonly HashSet<long> wanted;
    int batches;

    public BatchDecoder(ArrowSchema arrow, ReadOptions options)
    {
        (this.arrow, this.options) = (arrow, options);
        var all = SchemaImport.Schema(arrow);
        Schema = options.Columns is null ? all : all.Select(options.Columns);
        sources = [.. Schema.Fields.Select((field, i) => options.Columns is null ? i : all.IndexOf(field.Name))];
        needed = new bool[arrow.Fields.Count];
        foreach (var source in sources) needed[source] = true;
        dictionaries = new DictionaryStore(DictionaryStore.FieldsOf(arrow.Fields), options.Limits);
        wanted = [.. DictionaryStore.FieldsOf(arrow.Fields.Where((_, i) => needed[i])).Keys];
        arrays = new ArrayReader(dictionaries.Values);
    }

    public Schema Schema { get; }

    /// <summary>Takes a dictionary batch, which may <paramref name="replace"/> an older one in streams but not in files.</summary>
    public void Dictionary(ArrowMessage message, ReadOnlyMemory<byte> body, bool replace)
    {
        var header = message.Dictionary(out var id, out var delta);
        var field = dictionaries.FieldOf(id);
        if (!wanted.Contains(id)) return;
        try
        {
            if (!delta && !replace && dictionaries.Values.ContainsKey(id))
                throw new DataFormatException($"dictionary {id} twice, which a file must not have");
            var cursor = new BatchCursor(header, body, message.Version, arrow.BigEndian, options.Limits);
            dictionaries.Add(id, delta, arrays.Values(ref cursor, field, header.Rows));
        }
        catch (DataFormatException fault)
        {
            throw fault.At(rowGroup: batches, column: field.Name);
        }
    }

    /// <summary>The columns of a record batch.</summary>
    public ColumnBatch Batch(ArrowMessage message, ReadOnlyMemory<byte> body)
    {
        try
        {
            var header = message.Batch();
            var cursor = new BatchCursor(header, body, message.Version, arrow.BigEndian, options.Limits);
            var read = new Column?[arrow.Fields.Count];
            for (var i = 0; i < read.Length; i++)
            {
                if (needed[i]) read[i] = arrays.Read(ref cursor, arrow.Fields[i], header.Rows);
                else cursor.Skip(arrow.Fields[i]);
            }
            var columns = new Column[sources.Length];
            for (var i = 0; i < columns.Length; i++) Nullability.Check(Schema.Fields[i], columns[i] = read[sources[i]]!);
            batches++;
            return new ColumnBatch(Schema, columns, (int)header.Rows);
        }
        catch (DataFormatException fault)
        {
            throw fault.At(rowGroup: batches);
        }
    }

    /// <summary>Pieces of at most the wanted number of rows; none of an empty batch.</summary>
    public IEnumerable<ColumnBatch> Cut(ColumnBatch batch)
    {
        if (batch.Rows <= options.BatchRows)
        {
            if (batch.Rows > 0) yield return batch;
            yield break;
        }
        for (var at = 0; at < batch.Rows; at += options.BatchRows) yield return batch.Slice(at, Math.Min(options.BatchRows, batch.Rows - at));
    }
}

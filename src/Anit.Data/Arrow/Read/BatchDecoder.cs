using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>Turns messages into batches: what streams and files have in common.</summary>
sealed class BatchDecoder
{
    readonly ArrowSchema arrow;
    readonly ReadOptions options;
    readonly DictionaryStore dictionaries;
    readonly ArrayReader arrays;
    readonly int[] places; // for each field of the input, its column in the batch or -1
    readonly HashSet<long> wanted;
    int batches;

    public BatchDecoder(ArrowSchema arrow, ReadOptions options)
    {
        (this.arrow, this.options) = (arrow, options);
        var all = SchemaImport.Schema(arrow);
        Schema = options.Columns is null ? all : all.Select(options.Columns);
        places = new int[arrow.Fields.Count];
        Array.Fill(places, -1);
        for (var i = 0; i < Schema.Fields.Count; i++) places[options.Columns is null ? i : all.IndexOf(Schema.Fields[i].Name)] = i;
        dictionaries = new DictionaryStore(DictionaryStore.FieldsOf(arrow.Fields), options.Limits);
        wanted = [.. DictionaryStore.FieldsOf(arrow.Fields.Where((_, i) => places[i] >= 0)).Keys];
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
            if (!delta && !replace && dictionaries.Values.ContainsKey(id)) throw new DataFormatException($"dictionary {id} twice, which a file must not have");
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
            var columns = new Column[Schema.Fields.Count];
            for (var i = 0; i < places.Length; i++)
            {
                if (places[i] < 0) cursor.Skip(arrow.Fields[i]);
                else columns[places[i]] = arrays.Read(ref cursor, arrow.Fields[i], header.Rows);
            }
            for (var i = 0; i < columns.Length; i++) Nullability.Check(Schema.Fields[i], columns[i]);
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

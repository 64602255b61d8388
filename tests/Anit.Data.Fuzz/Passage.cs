using Anit.Data.Receipts;

namespace Anit.Data.Fuzz;

/// <summary>What was read goes through digest, canonical text and every writer; Arrow and Parquet must give the same rows back.</summary>
static class Passage
{
    static readonly TableFormat[] Formats = Enum.GetValues<TableFormat>();

    public static void Check(List<ColumnBatch> batches)
    {
        var schema = batches[0].Schema;
        var digest = Digest(schema, batches);
        var text = new CanonicalJson();
        foreach (var batch in batches)
            for (var row = 0; row < batch.Rows; row++) text.Row(batch, row);
        foreach (var format in Formats)
        {
            try
            {
                var written = Written(format, schema, batches);
                if (format is TableFormat.Jsonl or TableFormat.JsonArray or TableFormat.Csv) continue;
                var back = Probe.Wait(Table.OpenAsync(new MemoryStream(written)));
                var (again, rows) = Probe.Wait(RowDigest.OfAsync(back));
                // Parquet has no seconds: they come back as milliseconds
                if (format == TableFormat.Parquet && $"{schema}".Contains("(s", StringComparison.Ordinal)) continue;
                if (again != digest)
                    throw new InvalidOperationException($"other rows came back from {format}: {rows}, {batches.Sum(b => b.Rows)} went in; {schema}");
            }
            catch (UnsupportedTypeException refusal) when (refusal.Message.Contains("column", StringComparison.Ordinal))
            {
                // The format has no such type, and the message says of which column.
            }
            catch (DataFormatException e)
            {
                throw new InvalidOperationException($"what was written as {format} cannot be read: {e.Message}; {schema}", e);
            }
        }
    }

    static string Digest(Schema schema, List<ColumnBatch> batches)
    {
        using var digest = new RowDigest(schema);
        foreach (var batch in batches) digest.Add(batch);
        return digest.Result();
    }

    static byte[] Written(TableFormat format, Schema schema, List<ColumnBatch> batches)
    {
        var stream = new MemoryStream();
        var writer = Table.Create(stream, format, schema);
        try
        {
            foreach (var batch in batches) Probe.Wait(writer.WriteAsync(batch).AsTask());
            Probe.Wait(writer.FinishAsync().AsTask());
            return stream.ToArray();
        }
        finally
        {
            Probe.Wait(writer.DisposeAsync().AsTask());
        }
    }
}

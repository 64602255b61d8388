using System.Runtime.CompilerServices;

namespace Anit.Data;

/// <summary>Rows as objects of a class or record of yours, for tables that are small beside the work on them.</summary>
/// <example><code>
/// record Sample(string Id, string Instruction, double? Distortion, string[]? Options);
///
/// await foreach (var sample in reader.ReadRecordsAsync&lt;Sample&gt;()) ...
/// </code></example>
/// <remarks>The parameters of the longest constructor name the columns: <c>NoisyInstruction</c> reads <c>noisy_instruction</c>, upper or
/// lower case. A parameter with a default may lack its column; a column without a parameter is not looked at. Types: string,
/// byte[], bool, integers, float, double, decimal, DateOnly, TimeOnly, DateTime, DateTimeOffset, TimeSpan, enumerations (as text), other records (as
/// structs), and arrays and lists of these; with ? where there may be nulls.</remarks>
public static class Records
{
    /// <summary>The rows in order.</summary>
    public static async IAsyncEnumerable<T> ReadRecordsAsync<T>(this ITableReader reader, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var shape = RecordShape.Of<T>();
        var columns = shape.Bind(reader.Schema);
        long first = 0;
        await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false))
        {
            for (var row = 0; row < batch.Rows; row++) yield return (T)shape.Read(batch.Schema.Fields, batch.Columns, columns, row, first + row);
            first += batch.Rows;
        }
    }

    /// <summary>The columns that records of this type are written as: names in snake case.</summary>
    public static Schema SchemaOf<T>() => RecordShape.Of<T>().Schema;

    /// <summary>Appends the records, in batches; the writer's schema must be <see cref="SchemaOf{T}"/>.</summary>
    public static async ValueTask WriteRecordsAsync<T>(this ITableWriter writer, IEnumerable<T> records, int batchRows = 8_192,
        CancellationToken stop = default)
    {
        var shape = RecordShape.Of<T>();
        var builders = shape.Schema.Fields.Select(f => ColumnBuilder.For(f.Type)).ToArray();
        foreach (var part in records.Chunk(batchRows))
        {
            foreach (var record in part) shape.Write(record!, builders);
            await writer.WriteAsync(new(shape.Schema, [.. builders.Select(b => b.Build())], part.Length), stop).ConfigureAwait(false);
        }
    }
}

namespace Anit.Data.Parquet;

/// <summary>Where <see cref="Table"/> finds the Parquet reader.</summary>
static class ParquetReader
{
    public static Task<ITableReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop) =>
        throw new NotSupportedException("this build does not read Parquet yet");
}

/// <summary>Where <see cref="Table"/> finds the Parquet writer.</summary>
static class ParquetWriter
{
    public static ITableWriter Create(Stream stream, Schema schema, WriteOptions options) =>
        throw new NotSupportedException("this build does not write Parquet yet");
}

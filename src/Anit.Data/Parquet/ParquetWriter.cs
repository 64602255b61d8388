namespace Anit.Data.Parquet;

/// <summary>Where <see cref="Table"/> finds the Parquet writer.</summary>
static class ParquetWriter
{
    public static ITableWriter Create(Stream stream, Schema schema, WriteOptions options) =>
        throw new NotSupportedException("this build does not write Parquet yet");
}

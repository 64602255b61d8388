namespace Anit.Data.Arrow;

/// <summary>Where <see cref="Table"/> finds the Arrow reader.</summary>
static class ArrowReader
{
    public static Task<ITableReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop) =>
        throw new NotSupportedException("this build does not read Arrow yet");
}

/// <summary>Where <see cref="Table"/> finds the Arrow writer.</summary>
static class ArrowWriter
{
    public static ITableWriter Create(Stream stream, bool file, Schema schema, WriteOptions options) =>
        throw new NotSupportedException("this build does not write Arrow yet");
}

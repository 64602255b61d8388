namespace Anit.Data.Json;

/// <summary>Where <see cref="Table"/> finds the reader of JSON arrays.</summary>
static class JsonArrayReader
{
    public static Task<ITableReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop) =>
        throw new NotSupportedException("this build does not read JSON arrays yet");
}

/// <summary>Where <see cref="Table"/> finds the writer of JSON arrays.</summary>
static class JsonArrayWriter
{
    public static ITableWriter Create(Stream stream, Schema schema, WriteOptions options) =>
        throw new NotSupportedException("this build does not write JSON arrays yet");
}

/// <summary>Where <see cref="Table"/> finds the CSV reader.</summary>
static class CsvReader
{
    public static Task<ITableReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop) =>
        throw new NotSupportedException("this build does not read CSV yet");
}

/// <summary>Where <see cref="Table"/> finds the CSV writer.</summary>
static class CsvWriter
{
    public static ITableWriter Create(Stream stream, Schema schema, WriteOptions options) =>
        throw new NotSupportedException("this build does not write CSV yet");
}

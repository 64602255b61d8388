namespace Anit.Data;

/// <summary>Bounds that keep hostile or broken input from taking memory or time; each error names the one it hit.</summary>
/// <example><c>new ReadOptions { Limits = ReadLimits.Default with { PageBytes = 1L &lt;&lt; 30 } }</c></example>
public sealed record ReadLimits
{
    /// <summary>What readers use unless told otherwise.</summary>
    public static ReadLimits Default { get; } = new();

    /// <summary>Parquet footer, page header or Arrow message metadata, bytes.</summary>
    public long MetadataBytes { get; init; } = 64L << 20;
    /// <summary>One Parquet page or Arrow buffer after decompression, bytes.</summary>
    public long PageBytes { get; init; } = 256L << 20;
    /// <summary>One Arrow message body, bytes.</summary>
    public long BodyBytes { get; init; } = 2L << 30;
    /// <summary>One cell of text or bytes, or one line of JSON, bytes.</summary>
    public long CellBytes { get; init; } = 64L << 20;
    /// <summary>The values of one batch in memory, bytes.</summary>
    public long BatchBytes { get; init; } = 256L << 20;
    /// <summary>What one Parquet column chunk may expand to beyond a thousand times its size in the file, bytes.</summary>
    public long ExpandedBytes { get; init; } = 2L << 30;
    /// <summary>Nesting of a schema or of a JSON value.</summary>
    public int Depth { get; init; } = 64;
    /// <summary>Columns, nested ones counted by their leaves.</summary>
    public int Leaves { get; init; } = 65_536;
    /// <summary>Lists, structs and values in one piece of file metadata.</summary>
    public int MetadataElements { get; init; } = 4_000_000;

    internal static LimitExceededException Exceeded(string what, long found, string limit, long allowed) =>
        new($"{what} is {found:N0}, the limit {limit} allows {allowed:N0}; raise it in ReadLimits if the input is trusted (--read-limit {limit}=N)");
}

namespace Anit.Data;

/// <summary>Input that breaks its format's rules; the message says where, what was found and what was expected.</summary>
/// <remarks>The only exception, beside <see cref="LimitExceededException"/>, that readers throw for what a file holds.
/// Decoders know only the fault; the layers above add column, row group and file as it passes through them.</remarks>
public class DataFormatException : IOException
{
    readonly string fault;

    /// <summary>A fault without a place; the layers above add it.</summary>
    public DataFormatException(string message, Exception? inner = null) : base(message, inner) => fault = message;

    /// <summary>The name of the input: a path or "standard input".</summary>
    public string? File { get; private set; }
    /// <summary>Row group (Parquet) or record batch (Arrow), from 0.</summary>
    public int? RowGroup { get; private set; }
    /// <summary>The column, with dots between nested names.</summary>
    public string? ColumnPath { get; private set; }
    /// <summary>Bytes from the start of the input.</summary>
    public long? Offset { get; private set; }

    /// <summary>The place, as far as known, then the fault.</summary>
    public override string Message
    {
        get
        {
            var inside = new List<string>(3);
            if (RowGroup is { } group) inside.Add($"row group {group}");
            if (ColumnPath is { } column) inside.Add($"column '{column}'");
            if (Offset is { } offset) inside.Add($"byte {offset}");
            var place = string.Join(", ", inside);
            return (File, place) switch
            {
                (null, "") => fault,
                (null, _) => $"{place}: {fault}",
                (_, "") => $"{File}: {fault}",
                _ => $"{File}: {place}: {fault}",
            };
        }
    }

    /// <summary>Adds what is known about the place; what inner layers said stays.</summary>
    public DataFormatException At(string? file = null, int? rowGroup = null, string? column = null, long? offset = null)
    {
        File ??= file;
        RowGroup ??= rowGroup;
        ColumnPath ??= column;
        Offset ??= offset;
        return this;
    }
}

/// <summary>Input that may be well formed but asks for more than <see cref="ReadLimits"/> allows.</summary>
/// <param name="message">What was asked for, the limit, and which setting raises it.</param>
public sealed class LimitExceededException(string message) : DataFormatException(message);

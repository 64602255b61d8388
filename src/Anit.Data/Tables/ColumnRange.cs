using System.Text;

namespace Anit.Data;

/// <summary>Values of a column that a reader of rows is after, both bounds included.</summary>
/// <remarks>Parquet passes over row groups and pages whose statistics rule them out; rows outside the range may remain and
/// want a look of their own. Integers stand for dates, times and timestamps, too, in the column's unit. Nulls are outside.</remarks>
/// <example><c>new ReadOptions { Ranges = [ColumnRange.Between("distance", 3, 10), ColumnRange.Equal("task", "ner")] }</c></example>
public abstract record ColumnRange
{
    private protected ColumnRange(string column) => Column = column;

    /// <summary>The column, with dots between nested names.</summary>
    public string Column { get; }

    /// <summary>Integers from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static ColumnRange Between(string column, long least, long most) => new IntegerRange(column, least, most);

    /// <summary>Numbers from <paramref name="least"/> to <paramref name="most"/>; NaN is outside.</summary>
    public static ColumnRange Between(string column, double least, double most) => new NumberRange(column, least, most);

    /// <summary>Texts from <paramref name="least"/> to <paramref name="most"/> in the order of their UTF-8 bytes; null leaves a side open.</summary>
    public static ColumnRange Between(string column, string? least, string? most) =>
        new TextRange(column, least is null ? null : Encoding.UTF8.GetBytes(least), most is null ? null : Encoding.UTF8.GetBytes(most));

    /// <summary>One integer.</summary>
    public static ColumnRange Equal(string column, long value) => Between(column, value, value);

    /// <summary>One text.</summary>
    public static ColumnRange Equal(string column, string value) => Between(column, value, value);
}

sealed record IntegerRange(string Column, long Least, long Most) : ColumnRange(Column);

sealed record NumberRange(string Column, double Least, double Most) : ColumnRange(Column);

sealed record TextRange(string Column, byte[]? Least, byte[]? Most) : ColumnRange(Column);

namespace Anit.Data;

/// <summary>Stands in a batch for a column that nobody looks at: its chunks go from the input's file to the output's as they are.</summary>
/// <param name="type">The column's type.</param>
/// <param name="length">Rows.</param>
sealed class PassedColumn(DataType type, int length) : Column(type, length, default)
{
    /// <summary>Never asked.</summary>
    public override bool IsNull(int i) => throw new InvalidOperationException("a column was asked for that the stage said it would not look at");

    public override Column Slice(int start, int count)
    {
        SliceValidity(start, count);
        return new PassedColumn(Type, count);
    }
}

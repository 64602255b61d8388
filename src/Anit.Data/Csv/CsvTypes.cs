using System.Buffers.Text;
using System.Text;
using Anit.Data.Json;

namespace Anit.Data.Csv;

/// <summary>Infers the type of one CSV column: whole numbers, numbers, booleans, else text. Empty cells are nulls and say nothing.</summary>
/// <remarks>Only what would be written back the same is a number, so 007 and +5 stay text, and so does a quoted "5".</remarks>
sealed class CsvTypes
{
    bool integer = true, unsigned = true, number = true, boolean = true, any;
    string? precise;

    /// <summary>The first integer that a double would round, where the column is one of doubles.</summary>
    public string? Rounded => Type is FloatType ? precise : null;

    public DataType Type =>
        !any ? DataType.Utf8 : integer ? DataType.Int64 : unsigned ? DataType.UInt64 : number ? DataType.Float64 : boolean ? DataType.Bool
        : DataType.Utf8;

    public void Add(ReadOnlySpan<byte> cell, bool quoted)
    {
        if (cell.IsEmpty && !quoted) return;
        any = true;
        integer = integer && !quoted && LooksLikeNumber(cell) && Utf8Parser.TryParse(cell, out long _, out var used) && used == cell.Length;
        unsigned = unsigned && !quoted && LooksLikeNumber(cell) && Utf8Parser.TryParse(cell, out ulong _, out used) && used == cell.Length;
        number = number && !quoted && IsNumber(cell);
        if (number && precise is null && JsonNumbers.IsInteger(cell) && LooksLikeNumber(cell) && !JsonNumbers.Keeps(cell))
            precise = Encoding.UTF8.GetString(cell);
        boolean = boolean && !quoted && (cell.SequenceEqual("true"u8) || cell.SequenceEqual("false"u8));
    }

    static bool IsNumber(ReadOnlySpan<byte> cell) =>
        CsvCells.IsSpecial(cell, out _)
            || (LooksLikeNumber(cell) && Utf8Parser.TryParse(cell, out double value, out var used) && used == cell.Length && double.IsFinite(value));

    // Digits after an optional minus, without a leading zero that a number would lose.
    static bool LooksLikeNumber(ReadOnlySpan<byte> cell)
    {
        if (cell is [(byte)'-', ..]) cell = cell[1..];
        return cell is [>= (byte)'0' and <= (byte)'9', ..] && !(cell is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..]);
    }
}

using System.Globalization;
using System.Text;

namespace Anit.Data;

/// <summary>What can be said of a column in one pass: nulls, distinct values, range, lengths, the commonest values.</summary>
public sealed class ColumnStats(Field field)
{
    const int MostDistinct = 100_000; // beyond this many values are counted as "more"
    const int MostBytes = 64 << 20;

    readonly ByteTable table = new();
    readonly List<long> counts = [];
    readonly CanonicalJson json = new();
    bool tooMany;
    double sum, squares;

    /// <summary>The column.</summary>
    public Field Field { get; } = field;
    /// <summary>Rows seen.</summary>
    public long Rows { get; private set; }
    /// <summary>Rows without a value.</summary>
    public long Nulls { get; private set; }
    /// <summary>Different values, or null when there are too many to count.</summary>
    public int? Distinct => tooMany ? null : table.Count;
    /// <summary>Numbers seen, the basis of <see cref="Mean"/>; lengths for text and lists.</summary>
    public long Numbers { get; private set; }
    /// <summary>Smallest number, or smallest length of a text (letters) or list (items).</summary>
    public double Min { get; private set; } = double.PositiveInfinity;
    /// <summary>Largest number or length.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;
    /// <summary>Mean number or length.</summary>
    public double Mean => sum / Numbers;
    /// <summary>Standard deviation (of the population) of numbers or lengths.</summary>
    public double Deviation => Math.Sqrt(Math.Max(0, squares / Numbers - Mean * Mean));
    /// <summary>Whether the numbers are lengths.</summary>
    public bool IsLength => Field.Type.Decoded is Utf8Type or BinaryType or ListType;

    /// <summary>Takes the column of a batch, given as a batch of this column alone.</summary>
    public void Add(ColumnBatch one)
    {
        var column = one.Columns[0];
        Rows += one.Rows;
        for (var row = 0; row < one.Rows; row++)
        {
            if (column.IsNull(row))
            {
                Nulls++;
                continue;
            }
            if (Measure(column, row) is { } number && !double.IsNaN(number))
            {
                Numbers++;
                sum += number;
                squares += number * number;
                (Min, Max) = (Math.Min(Min, number), Math.Max(Max, number));
            }
            if (!tooMany) Count(json.Row(one, row).Span[1..^2]); // without the row's brackets and line end
        }
    }

    /// <summary>The commonest values as JSON, with their counts, ties by value.</summary>
    public IEnumerable<(string Value, long Count)> Top(int most) => tooMany ? [] : Enumerable.Range(0, table.Count)
        .Select(i => (Value: Encoding.UTF8.GetString(table[i]), Count: counts[i]))
        .OrderByDescending(value => value.Count).ThenBy(value => value.Value, StringComparer.Ordinal).Take(most);

    void Count(ReadOnlySpan<byte> value)
    {
        var index = table.Add(value);
        if (index == counts.Count) counts.Add(0);
        counts[index]++;
        if (table.Count <= MostDistinct && table.ByteCount <= MostBytes) return;
        tooMany = true;
        table.Clear();
        counts.Clear();
    }

    static double? Measure(Column column, int row)
    {
        (column, row) = Cells.Decoded(column, row);
        return column switch
        {
            Utf8Column c => Letters(c.Bytes(row)),
            BinaryColumn c => c.Bytes(row).Length,
            ListColumn c => c.Offsets[row + 1] - c.Offsets[row],
            _ when column.Type is IntType or FloatType or DecimalType { Precision: <= DecimalType.MaxInt128Precision } => column.Number(row),
            _ => null,
        };
    }

    static int Letters(ReadOnlySpan<byte> text)
    {
        var letters = 0;
        foreach (var one in text) if ((one & 0xC0) != 0x80) letters++; // code points
        return letters;
    }

    /// <summary>One line: type, nulls, distinct values and range.</summary>
    public override string ToString()
    {
        var line = new StringBuilder();
        var distinct = Distinct is { } d ? d.ToString(CultureInfo.InvariantCulture) : $"over {MostDistinct}";
        line.Append(CultureInfo.InvariantCulture, $"{Field.Type}, {Nulls} null, {distinct} distinct");
        if (Numbers == 0) return line.ToString();
        line.Append(CultureInfo.InvariantCulture, $", {(IsLength ? "length " : "")}{Min:0.####} to {Max:0.####}");
        line.Append(CultureInfo.InvariantCulture, $", mean {Mean:0.####}, deviation {Deviation:0.####}");
        return line.ToString();
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Anit.Data.United;

/// <summary>Columns whose values stand in the names of folders: <c>split=train/part-0.parquet</c>.</summary>
/// <remarks>Integers where all values are written as such, else text kept once. A column of the same name in the files goes first.</remarks>
sealed class FolderColumns
{
    readonly IReadOnlyList<TablePart> parts;
    readonly Dictionary<string, string[]> texts = new(StringComparer.Ordinal); // the distinct values of a key

    public FolderColumns(IReadOnlyList<TablePart> parts)
    {
        this.parts = parts;
        if (parts.Count == 0) return;
        foreach (var (key, _) in parts[0].Folders)
        {
            string?[] values = [.. parts.Select(part => ValueOf(part, key)).Distinct()];
            texts[key] = [.. values.OfType<string>()];
        }
    }

    /// <summary>The schema with a column for each key that it lacks.</summary>
    public Schema AddTo(Schema schema)
    {
        foreach (var key in texts.Keys.Where(key => !schema.Has(key)))
            schema = schema.Append(new Field(key, TypeOf(key), Nullable: parts.Any(part => ValueOf(part, key) is null)));
        return schema;
    }

    /// <summary>A column of a part's value, or null where its folders do not tell.</summary>
    public Column? Column(int part, string key, int rows)
    {
        if (!texts.TryGetValue(key, out var known)) return null;
        if (ValueOf(parts[part], key) is not { } value) return Casts.Nulls(TypeOf(key), rows);
        if (IsInteger(key))
        {
            var numbers = new long[rows];
            numbers.AsSpan().Fill(long.Parse(value, CultureInfo.InvariantCulture));
            return new FixedColumn<long>(DataType.Int64, numbers);
        }
        var indices = new int[rows];
        indices.AsSpan().Fill(Array.IndexOf(known, value));
        return new DictionaryColumn(DataType.Dictionary, new FixedColumn<int>(DataType.Int32, rows, MemoryMarshal.AsBytes<int>(indices).ToArray()),
            Utf8Column.Of(known));
    }

    /// <summary>Whether the value lies outside a range; null where the folders have no such key.</summary>
    public bool? Excludes(int part, ColumnRange range)
    {
        if (!texts.ContainsKey(range.Column)) return null;
        if (ValueOf(parts[part], range.Column) is not { } value) return true;
        return range switch
        {
            IntegerRange r when IsInteger(range.Column) => long.Parse(value, CultureInfo.InvariantCulture) is var n && (n < r.Least || n > r.Most),
            TextRange r when !IsInteger(range.Column) => Encoding.UTF8.GetBytes(value).AsSpan() is var text
                && ((r.Least is { } least && text.SequenceCompareTo(least) < 0) || (r.Most is { } most && text.SequenceCompareTo(most) > 0)),
            _ => false,
        };
    }

    DataType TypeOf(string key) => IsInteger(key) ? DataType.Int64 : DataType.Dictionary;

    bool IsInteger(string key) => texts[key].Length > 0 && texts[key].All(text => long.TryParse(text, NumberStyles.AllowLeadingSign,
        CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text);

    static string? ValueOf(TablePart part, string key) => part.Folders.FirstOrDefault(pair => pair.Key == key).Value;
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Anit.Data.United;

/// <summary>Columns whose values stand in the names of folders: <c>split=train/part-0.parquet</c>.</summary>
/// <remarks>Integers where all values are written as such, else text kept once. A column of the same name in the files goes first.</remarks>
sealed class FolderColumns
{
    readonly IReadOnlyList<TablePart> parts;
    readonly Dictionary<string, string[]> texts = new(StringComparer.Ordinal); // the distinct values of a key
    readonly Dictionary<string, DataType> types = new(StringComparer.Ordinal);

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

    /// <summary>The schema with a column for each key that it lacks: where and of what type the files note, else behind the others.</summary>
    public Schema AddTo(Schema schema)
    {
        var notes = Notes(schema);
        var fields = schema.Fields.ToList();
        foreach (var key in texts.Keys.Where(key => !schema.Has(key)).OrderBy(key => notes.GetValueOrDefault(key).At))
        {
            types[key] = notes.TryGetValue(key, out var note) ? note.Type : IsInteger(key) ? DataType.Int64 : DataType.Dictionary;
            var nullable = parts.Any(part => ValueOf(part, key) is null) || note.Nullable;
            fields.Insert(note.Type is null ? fields.Count : Math.Min(note.At, fields.Count), new Field(key, types[key], nullable));
        }
        return new(fields, schema.Metadata.Where(pair => pair.Key != PartitionedWriter.Key).ToDictionary(StringComparer.Ordinal));
    }

    // What PartitionedWriter wrote: {"task": {"at": 1, "type": "utf8"}}; anything else is no note.
    static Dictionary<string, (int At, DataType Type, bool Nullable)> Notes(Schema schema)
    {
        var notes = new Dictionary<string, (int, DataType, bool)>(StringComparer.Ordinal);
        if (schema.Metadata.GetValueOrDefault(PartitionedWriter.Key) is not { } text) return notes;
        try
        {
            foreach (var (key, note) in JsonSerializer.Deserialize<Dictionary<string, Note>>(text, JsonSerializerOptions.Web) ?? [])
                if (note.Type is not null && DataType.TryParse(note.Type, out var type)) notes[key] = (note.At, type, note.Nullable);
            return notes;
        }
        catch (JsonException)
        {
            return [];
        }
    }

    readonly record struct Note(int At, string? Type, bool Nullable);

    /// <summary>A column of a part's value, or null where its folders do not tell.</summary>
    public Column? Column(int part, string key, int rows)
    {
        if (!types.TryGetValue(key, out var type)) return null;
        var known = texts[key];
        if (ValueOf(parts[part], key) is not { } value) return Casts.Nulls(type, rows);
        if (type is not DictionaryType) return Utf8Column.Of([value]).To(type).Take(new int[rows]);
        var indices = new int[rows];
        indices.AsSpan().Fill(Array.IndexOf(known, value));
        return new DictionaryColumn(DataType.Dictionary, new FixedColumn<int>(DataType.Int32, rows, MemoryMarshal.AsBytes<int>(indices).ToArray()),
            Utf8Column.Of(known));
    }

    /// <summary>Whether the value lies outside a range; null where the folders have no such key.</summary>
    public bool? Excludes(int part, ColumnRange range)
    {
        if (!types.TryGetValue(range.Column, out var type)) return null;
        if (ValueOf(parts[part], range.Column) is not { } value) return true;
        return range switch
        {
            IntegerRange r when type is IntType => long.Parse(value, CultureInfo.InvariantCulture) is var n && (n < r.Least || n > r.Most),
            TextRange r when type.Decoded is Utf8Type => Encoding.UTF8.GetBytes(value).AsSpan() is var text
                && ((r.Least is { } least && text.SequenceCompareTo(least) < 0) || (r.Most is { } most && text.SequenceCompareTo(most) > 0)),
            _ => false,
        };
    }

    bool IsInteger(string key) => texts[key].Length > 0 && texts[key].All(text => long.TryParse(text, NumberStyles.AllowLeadingSign,
        CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text);

    static string? ValueOf(TablePart part, string key) => part.Folders.FirstOrDefault(pair => pair.Key == key).Value;
}

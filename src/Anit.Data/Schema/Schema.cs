using System.Collections.ObjectModel;

namespace Anit.Data;

/// <summary>The columns of a table in order, and the table's key-value metadata. Immutable.</summary>
/// <example><c>new Schema([new("id", DataType.Utf8), new("tags", DataType.ListOf(DataType.Int64))])</c></example>
public sealed class Schema
{
    readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);

    /// <summary>A schema of the given fields; names should differ, but files with repeated names exist and are kept.</summary>
    public Schema(IEnumerable<Field> fields, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Fields = [.. fields];
        Metadata = metadata ?? ReadOnlyDictionary<string, string>.Empty;
        for (var i = 0; i < Fields.Count; i++) positions.TryAdd(Fields[i].Name, i);
    }

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>Facts about the whole table, such as <c>anit.receipts</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The first field of this name; an error names the columns there are.</summary>
    public Field this[string name] => IndexOf(name) is >= 0 and var i ? Fields[i] : throw NoColumn(name);

    /// <summary>Position of the first field of this name, or -1.</summary>
    public int IndexOf(string name) => positions.GetValueOrDefault(name, -1);

    /// <summary>Whether there is such a column.</summary>
    public bool Has(string name) => positions.ContainsKey(name);

    /// <summary>The same columns with one metadata entry set.</summary>
    public Schema WithMetadata(string key, string value) => WithMetadata([new(key, value)]);

    /// <summary>The same columns with these metadata entries set, others kept.</summary>
    public Schema WithMetadata(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var all = new Dictionary<string, string>(Metadata, StringComparer.Ordinal);
        foreach (var (key, value) in entries) all[key] = value;
        return new(Fields, all);
    }

    /// <summary>One more column at the end.</summary>
    public Schema Append(Field field) => new(Fields.Append(field), Metadata);

    /// <summary>The column of this name replaced in place, or appended where there is none.</summary>
    public Schema With(Field field)
    {
        var at = IndexOf(field.Name);
        return at < 0 ? Append(field) : new(Fields.Select((f, i) => i == at ? field : f), Metadata);
    }

    /// <summary>Only the named columns, in the order given.</summary>
    public Schema Select(IEnumerable<string> names) => new(names.Select(n => this[n]), Metadata);

    /// <summary>Whether both have equal fields; metadata is not compared.</summary>
    public bool SameColumns(Schema other) => Fields.SequenceEqual(other.Fields);

    /// <summary>The fields, comma separated.</summary>
    public override string ToString() => string.Join(", ", Fields);

    /// <summary>What to say where a column is missing: its name, and the columns that there are.</summary>
    public string Lacks(string name) => $"no column \"{name}\"; there is {string.Join(", ", Fields.Select(f => f.Name))}";

    internal MissingColumnException NoColumn(string name) => new(Lacks(name));
}

/// <summary>A column was asked for by a name that the table does not have.</summary>
/// <param name="message">The name, and the columns that there are.</param>
public sealed class MissingColumnException(string message) : ArgumentException(message);

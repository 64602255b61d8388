using Anit.Data.Json;

namespace Anit.Data;

/// <summary>A table as canonical JSON lines: a header object, then one array a row; equal tables give equal bytes.</summary>
/// <remarks>Dictionaries are shown decoded. Integers keep all digits; floats are the shortest decimals of their double
/// value; bytes are base64, decimals strings, dates and times ISO 8601, maps lists of pairs.</remarks>
public sealed class CanonicalJson
{
    readonly ByteBuffer text = new();

    /// <summary>The header line: columns, rows and key-value metadata.</summary>
    public ReadOnlyMemory<byte> Header(Schema schema, long rows, IReadOnlyDictionary<string, string>? metadata = null)
    {
        text.Clear();
        text.Append("{\"columns\":["u8);
        for (var i = 0; i < schema.Fields.Count; i++)
        {
            text.Append(i > 0 ? ",{\"name\":"u8 : "{\"name\":"u8);
            JsonText.String(text, schema.Fields[i].Name);
            text.Append(",\"type\":"u8);
            JsonText.String(text, TypeName(schema.Fields[i].Type));
            text.Append((byte)'}');
        }
        text.Append("],\"rows\":"u8);
        JsonText.Number(text, rows);
        metadata ??= schema.Metadata;
        if (metadata.Count > 0) Metadata(metadata);
        text.Append("}\n"u8);
        return text.WrittenMemory;
    }

    /// <summary>One row as a line; the memory is reused by the next call.</summary>
    public ReadOnlyMemory<byte> Row(ColumnBatch batch, int row)
    {
        text.Clear();
        text.Append((byte)'[');
        for (var i = 0; i < batch.Columns.Count; i++)
        {
            if (i > 0) text.Append((byte)',');
            CellJson.Write(text, batch.Columns[i], row);
        }
        text.Append("]\n"u8);
        return text.WrittenMemory;
    }

    /// <summary>The canonical name of a type.</summary>
    public static string TypeName(DataType type) => type switch
    {
        TimestampType { Zone: not null } t => $"timestamp({TypeNames.Of(t.Unit)},UTC)",
        IntervalType => "interval",
        UnionType => "union",
        ListType t => $"list<{TypeName(t.Item.Type)}>",
        MapType t => $"map<{TypeName(t.Key.Type)},{TypeName(t.Value.Type)}>",
        StructType t => $"struct<{string.Join(',', t.Fields.Select(f => $"{Quoted(f.Name)}:{TypeName(f.Type)}"))}>",
        DictionaryType t => TypeName(t.Value),
        _ => type.ToString(),
    };

    void Metadata(IReadOnlyDictionary<string, string> metadata)
    {
        text.Append(",\"kv\":{"u8);
        var first = true;
        foreach (var (key, value) in metadata)
        {
            if (!first) text.Append((byte)',');
            first = false;
            JsonText.String(text, key);
            text.Append((byte)':');
            if (value is null) text.Append("null"u8);
            else JsonText.String(text, value);
        }
        text.Append((byte)'}');
    }

    static string Quoted(string name)
    {
        var quoted = new ByteBuffer();
        JsonText.String(quoted, name);
        return System.Text.Encoding.UTF8.GetString(quoted.Written);
    }
}

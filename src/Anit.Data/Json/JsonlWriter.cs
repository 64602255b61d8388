namespace Anit.Data.Json;

/// <summary>Writes one JSON object a line, or one array of objects.</summary>
/// <remarks>Values: text, numbers, booleans, lists and structs as themselves; bytes as base64; decimals as strings;
/// dates and times as ISO 8601; maps as lists of [key, value]; NaN and infinities as strings. Metadata is not kept.</remarks>
sealed class JsonlWriter(Stream stream, Schema schema, bool array = false) : ITableWriter
{
    const int FlushAt = 1 << 16;

    readonly ByteBuffer text = new(FlushAt * 2);
    bool begun;
    readonly byte[][] names = Names(schema);

    public async ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            Line(batch, row);
            if (text.Length >= FlushAt) await FlushAsync(stop).ConfigureAwait(false);
        }
        await FlushAsync(stop).ConfigureAwait(false);
    }

    public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
    {
        if (array) text.Append(begun ? "\n]\n"u8 : "[]\n"u8);
        await FlushAsync(default).ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => default;

    void Line(ColumnBatch batch, int row)
    {
        if (array) text.Append(begun ? ",\n"u8 : "[\n"u8);
        begun = true;
        text.Append((byte)'{');
        for (var c = 0; c < names.Length; c++)
        {
            if (c > 0) text.Append((byte)',');
            text.Append(names[c]);
            CellJson.Write(text, batch.Columns[c], row);
        }
        text.Append(array ? "}"u8 : "}\n"u8);
    }

    async ValueTask FlushAsync(CancellationToken stop)
    {
        await stream.WriteAsync(text.WrittenMemory, stop).ConfigureAwait(false);
        text.Clear();
    }

    static byte[][] Names(Schema schema)
    {
        Unique(schema.Fields, "");
        return [.. schema.Fields.Select(Name)];
    }

    /// <summary>Most readers of JSON keep the last of two members with one name, so writing both would lose a column.</summary>
    static void Unique(IEnumerable<Field> fields, string place)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (!names.Add(field.Name))
                throw new UnsupportedTypeException(
                    $"column '{place}{field.Name}' is there twice, which a JSON object cannot hold; rename one, or write another format");
            foreach (var type in Structs(field.Type)) Unique(type.Fields, $"{place}{field.Name}.");
        }
    }

    static IEnumerable<StructType> Structs(DataType type) => type switch
    {
        StructType t => [t],
        ListType t => Structs(t.Item.Type),
        MapType t => Structs(t.Key.Type).Concat(Structs(t.Value.Type)),
        UnionType t => t.Fields.SelectMany(field => Structs(field.Type)),
        DictionaryType t => Structs(t.Value),
        _ => [],
    };

    /// <summary>The field's name with quotes and colon.</summary>
    static byte[] Name(Field field)
    {
        var name = new ByteBuffer();
        JsonText.String(name, field.Name);
        name.Append((byte)':');
        return name.Written.ToArray();
    }
}

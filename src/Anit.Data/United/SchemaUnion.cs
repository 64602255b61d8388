namespace Anit.Data.United;

/// <summary>The columns of several tables, united by name: in the order in which they first appear, each of a type that holds all.</summary>
sealed class SchemaUnion
{
    readonly List<Field> fields = [];
    readonly Dictionary<string, (int At, string File, DataType Type)> known = new(StringComparer.Ordinal);
    Dictionary<string, string>? metadata;
    ClassLabels? labels;
    string? labelled;
    int tables;

    /// <summary>The union so far; metadata that all tables agree on.</summary>
    public Schema Schema => new(fields, metadata);

    /// <summary>Takes a table's columns.</summary>
    /// <exception cref="DataFormatException">A column whose type no type holds together with that of a table before.</exception>
    public void Add(string file, Schema schema)
    {
        var here = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in schema.Fields)
        {
            if (!here.Add(field.Name)) throw new DataFormatException($"two columns \"{field.Name}\"; tables are united by names").At(file: file);
            Add(file, field);
        }
        for (var i = 0; i < fields.Count; i++)
            if (!here.Contains(fields[i].Name)) fields[i] = fields[i] with { Nullable = true };
        CheckLabels(file, schema);
        metadata = metadata is null ? new(schema.Metadata, StringComparer.Ordinal)
            : metadata.Where(pair => schema.Metadata.GetValueOrDefault(pair.Key) == pair.Value).ToDictionary(StringComparer.Ordinal);
        tables++;
    }

    void Add(string file, Field field)
    {
        if (!known.TryGetValue(field.Name, out var before))
        {
            known[field.Name] = (fields.Count, file, field.Type);
            fields.Add(tables == 0 ? field : field with { Nullable = true });
            return;
        }
        var have = fields[before.At];
        if (TypeUnion.Of(have.Type, field.Type) is not { } both)
            throw new DataFormatException($"column '{field.Name}' is {field.Type}, but {before.Type} in {before.File}; no type holds both: "
                + "cast one of them (anit-data cast), or leave the column out").At(file: file);
        if (both != have.Type) known[field.Name] = (before.At, file, field.Type);
        var same = have.Metadata.Count == field.Metadata.Count && have.Metadata.All(pair => field.Metadata.GetValueOrDefault(pair.Key) == pair.Value);
        fields[before.At] = new Field(field.Name, both, have.Nullable || field.Nullable)
        {
            Metadata = same ? have.Metadata
                : have.Metadata.Where(pair => field.Metadata.GetValueOrDefault(pair.Key) == pair.Value).ToDictionary(StringComparer.Ordinal),
        };
    }

    // Equal numbers of different labels would pass for each other.
    void CheckLabels(string file, Schema schema)
    {
        var own = ClassLabels.Read(schema);
        if (own.Columns.Count == 0) return;
        foreach (var column in own.Columns)
            if (labels?.Of(column) is { } names && !names.SequenceEqual(own.Of(column)!))
                throw new DataFormatException($"the class labels of column '{column}' are {string.Join(", ", own.Of(column)!)}, but "
                    + $"{string.Join(", ", names)} in {labelled}; write their names instead (anit-data convert --label-names)").At(file: file);
        (labels, labelled) = (labels ?? own, labelled ?? file);
    }
}

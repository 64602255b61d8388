namespace Anit.Data.Arrow.Read;

/// <summary>Refuses nulls in columns that are declared without them, where a reader would meet them.</summary>
/// <remarks>What lies under the null of a parent, or outside its offsets, may be anything.</remarks>
static class Nullability
{
    public static void Check(Field field, Column column)
    {
        if (Matters(field, column)) Check(field, column, field.Name, null);
    }

    // Most columns are settled here: nullable, or without nulls.
    static bool Matters(Field field, Column column) =>
        !field.Nullable && column.NullCount > 0 || Children(field, column).Any(child => Matters(child.Field, child.Column));

    static void Check(Field field, Column column, string path, bool[]? met)
    {
        if (!field.Nullable && column is not (NullColumn or UnionColumn) && column.NullCount > 0)
        {
            for (var i = 0; i < column.Length; i++)
                if ((met is null || met[i]) && column.IsNull(i))
                    throw new DataFormatException($"value {i} is null, the schema declares '{path}' without nulls").At(column: path);
        }
        foreach (var (child, values) in Children(field, column))
            if (Matters(child, values)) Check(child, values, $"{path}.{child.Name}", Below(column, values, met));
    }

    static IEnumerable<(Field Field, Column Column)> Children(Field field, Column column) => (field.Type, column) switch
    {
        (ListType t, ListColumn c) => [(t.Item, c.Items)],
        (MapType t, MapColumn c) => [(t.Key, c.Keys), (t.Value, c.Items)],
        (StructType t, StructColumn c) => t.Fields.Zip(c.Children),
        _ => [],
    };

    // Which values of a child belong to a value of its parent that is met and not null.
    static bool[] Below(Column parent, Column child, bool[]? met)
    {
        var below = new bool[child.Length];
        for (var i = 0; i < parent.Length; i++)
        {
            if (met is not null && !met[i] || parent.IsNull(i)) continue;
            switch (parent)
            {
                case ListColumn c: below.AsSpan(c.Offsets[i]..c.Offsets[i + 1]).Fill(true); break;
                case MapColumn c: below.AsSpan(c.Offsets[i]..c.Offsets[i + 1]).Fill(true); break;
                default: below[i] = true; break;
            }
        }
        return below;
    }
}

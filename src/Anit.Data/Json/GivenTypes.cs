namespace Anit.Data.Json;

/// <summary>Which builders have a type that the user named: what comes is read as that type where it can be, also text as numbers and anything as
/// text.</summary>
static class GivenTypes
{
    public static HashSet<ColumnBuilder> Of(IReadOnlyDictionary<string, DataType> types, Schema schema, IReadOnlyList<ColumnBuilder> builders)
    {
        var given = new HashSet<ColumnBuilder>();
        if (types.Count == 0) return given;
        for (var i = 0; i < builders.Count; i++) Mark(schema.Fields[i].Name, builders[i], below: false);
        return given;

        void Mark(string path, ColumnBuilder builder, bool below)
        {
            below |= types.ContainsKey(path);
            if (below) given.Add(builder);
            if (builder is ListBuilder list) Mark($"{path}.element", list.Items, below);
            if (builder is not StructBuilder fields) return;
            for (var i = 0; i < fields.Children.Count; i++) Mark($"{path}.{((StructType)fields.Type).Fields[i].Name}", fields.Children[i], below);
        }
    }
}

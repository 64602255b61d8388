namespace Anit.Data.Arrow.Write;

/// <summary>Columns without rows of any type, for batches that carry only metadata.</summary>
static class EmptyColumn
{
    public static Column Of(DataType type) => type switch
    {
        UnionType t => new UnionColumn(t, 0, default, default, [.. t.Fields.Select(field => Of(field.Type))]),
        StructType t => new StructColumn(t, 0, [.. t.Fields.Select(field => Of(field.Type))]),
        ListType t => new ListColumn(t, 0, new byte[4], Of(t.Item.Type)),
        MapType t => new MapColumn(t, 0, new byte[4], Of(t.Key.Type), Of(t.Value.Type)),
        DictionaryType t => new DictionaryColumn(t, new FixedColumn<int>(DataType.Int32, 0, default), Of(t.Value)),
        _ => ColumnBuilder.For(type).Build(),
    };
}

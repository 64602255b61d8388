namespace Anit.Data;

/// <summary>Builds <see cref="ListColumn"/>: append items to <see cref="Items"/>, then close the row with <see cref="EndList"/>.</summary>
public sealed class ListBuilder : ColumnBuilder
{
    readonly ByteBuffer offsets = new();

    /// <summary>A builder of lists of this type.</summary>
    public ListBuilder(ListType type) : base(type)
    {
        Items = For(type.Item.Type);
        offsets.AppendValue(0);
    }

    /// <summary>A builder of lists of these items.</summary>
    public ListBuilder(DataType item) : this(DataType.ListOf(item)) { }

    /// <summary>The items of all rows.</summary>
    public ColumnBuilder Items { get; }

    /// <inheritdoc/>
    public override long ByteCount => offsets.Length + Items.ByteCount;

    /// <summary>Closes the row: its items are those appended since the last row.</summary>
    public void EndList()
    {
        offsets.AppendValue(Items.Length);
        AppendValid();
    }

    /// <summary>A whole row of texts, or null.</summary>
    public void Append(IEnumerable<string?>? texts)
    {
        if (texts is null)
        {
            AppendNull();
            return;
        }
        var items = Items as Utf8Builder ?? throw new InvalidOperationException($"{Type} does not hold text");
        foreach (var text in texts) items.Append(text);
        EndList();
    }

    private protected override void AppendCell(Column source, int row)
    {
        if (source is not ListColumn same) throw CannotTake(source);
        for (var (i, end) = (same.Offsets[row], same.Offsets[row + 1]); i < end; i++) Items.AppendFrom(same.Items, i);
        EndList();
    }

    private protected override void AppendDefault() => offsets.AppendValue(Items.Length);

    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var column = new ListColumn((ListType)Type, length, offsets.Detach(), Items.Build(), validity, nulls);
        offsets.AppendValue(0);
        return column;
    }
}

/// <summary>Builds <see cref="MapColumn"/>: append to <see cref="Keys"/> and <see cref="Values"/> alike, then close the row.</summary>
public sealed class MapBuilder : ColumnBuilder
{
    readonly ByteBuffer offsets = new();

    /// <summary>A builder of maps of this type.</summary>
    public MapBuilder(MapType type) : base(type)
    {
        (Keys, Values) = (For(type.Key.Type), For(type.Value.Type));
        offsets.AppendValue(0);
    }

    /// <summary>The keys of all rows.</summary>
    public ColumnBuilder Keys { get; }

    /// <summary>The values of all rows.</summary>
    public ColumnBuilder Values { get; }

    /// <inheritdoc/>
    public override long ByteCount => offsets.Length + Keys.ByteCount + Values.ByteCount;

    /// <summary>Closes the row: its pairs are those appended since the last row.</summary>
    public void EndMap()
    {
        offsets.AppendValue(Keys.Length);
        AppendValid();
    }

    private protected override void AppendCell(Column source, int row)
    {
        if (source is not MapColumn same) throw CannotTake(source);
        for (var (i, end) = (same.Offsets[row], same.Offsets[row + 1]); i < end; i++)
        {
            Keys.AppendFrom(same.Keys, i);
            Values.AppendFrom(same.Items, i);
        }
        EndMap();
    }

    private protected override void AppendDefault() => offsets.AppendValue(Keys.Length);

    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var column = new MapColumn((MapType)Type, length, offsets.Detach(), Keys.Build(), Values.Build(), validity, nulls);
        offsets.AppendValue(0);
        return column;
    }
}

/// <summary>Builds <see cref="StructColumn"/>: append one value to every child, then close the row.</summary>
public sealed class StructBuilder : ColumnBuilder
{
    /// <summary>A builder of structs of this type.</summary>
    public StructBuilder(StructType type) : base(type) => Children = [.. type.Fields.Select(f => For(f.Type))];

    /// <summary>One builder a field.</summary>
    public IReadOnlyList<ColumnBuilder> Children { get; }

    /// <inheritdoc/>
    public override long ByteCount => Children.Sum(c => c.ByteCount);

    /// <summary>Closes the row.</summary>
    public void EndStruct() => AppendValid();

    private protected override void AppendCell(Column source, int row)
    {
        if (source is not StructColumn same) throw CannotTake(source);
        for (var i = 0; i < Children.Count; i++) Children[i].AppendFrom(same.Children[i], row);
        EndStruct();
    }

    private protected override void AppendDefault()
    {
        foreach (var child in Children) child.AppendNull();
    }

    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls) =>
        new StructColumn((StructType)Type, length, [.. Children.Select(c => c.Build())], validity, nulls);
}

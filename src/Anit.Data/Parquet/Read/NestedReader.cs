using Anit.Data.Parquet.Schemas;

namespace Anit.Data.Parquet.Read;

/// <summary>A field with lists, structs or maps: levels are gathered a leaf at a time, then put together.</summary>
/// <remarks>A level pair stands for one slot of the innermost repeated node. A slot of any node above is a pair whose
/// repetition level is at most the node's and whose definition level reaches the node's enclosing item.</remarks>
sealed class NestedReader : FieldReader
{
    readonly Shape shape;
    readonly ReadLimits limits;
    readonly int firstLeaf;
    readonly Levels[] levels;

    public NestedReader(Shape shape, IReadOnlyList<ColumnChunkReader> columns, ReadLimits limits)
    {
        (this.shape, this.limits, firstLeaf, Columns) = (shape, limits, columns[0].Node.Leaf, columns);
        levels = [.. columns.Select(c => new Levels(c, limits))];
    }

    public override IReadOnlyList<ColumnChunkReader> Columns { get; }

    public override Column Read(int rows)
    {
        foreach (var leaf in levels)
        {
            try
            {
                leaf.ReadRows(rows);
            }
            catch (DataFormatException e)
            {
                throw e.At(column: leaf.Path, offset: leaf.Offset);
            }
        }
        var column = Build(shape, 0, 0);
        if (column.Length != rows) throw new DataFormatException($"{column.Length:N0} rows where {rows:N0} were expected").At(column: levels[0].Path);
        return column;
    }

    public override void Begin()
    {
        foreach (var leaf in levels) leaf.Begin();
    }

    public override void Skip(long rows)
    {
        foreach (var leaf in levels)
        {
            try
            {
                leaf.Skip(rows);
            }
            catch (DataFormatException e)
            {
                throw e.At(column: leaf.Path, offset: leaf.Offset);
            }
        }
    }

    /// <summary>The column of a shape that sits in items of these levels.</summary>
    Column Build(Shape node, int repetition, int definition) => node switch
    {
        LeafShape leaf => levels[leaf.FirstLeaf - firstLeaf].Values(repetition, definition, leaf.Present),
        StructShape s => Struct(s, repetition, definition),
        ListShape s => List(s, repetition, definition),
        MapShape s => Map(s, repetition, definition),
        _ => throw new InvalidOperationException(),
    };

    StructColumn Struct(StructShape s, int repetition, int definition)
    {
        var (validity, slots) = levels[s.FirstLeaf - firstLeaf].Validity(repetition, definition, s.Present);
        var children = new Column[s.Children.Count];
        for (var i = 0; i < children.Length; i++)
        {
            children[i] = Build(s.Children[i], repetition, definition);
            if (children[i].Length != slots) throw Disagree(s.Children[i], children[i].Length, slots);
        }
        return new((StructType)s.Field.Type, slots, children, validity);
    }

    ListColumn List(ListShape s, int repetition, int definition)
    {
        var (offsets, validity, slots, items) = levels[s.FirstLeaf - firstLeaf]
            .Offsets(repetition, definition, s.Present, s.Repetition, s.ItemDefinition);
        var item = Build(s.Item, s.Repetition, s.ItemDefinition);
        if (item.Length != items) throw Disagree(s.Item, item.Length, items);
        return new((ListType)s.Field.Type, slots, offsets, item, validity);
    }

    MapColumn Map(MapShape s, int repetition, int definition)
    {
        var (offsets, validity, slots, items) = levels[s.FirstLeaf - firstLeaf]
            .Offsets(repetition, definition, s.Present, s.Repetition, s.ItemDefinition);
        var keys = Build(s.Key, s.Repetition, s.ItemDefinition);
        var values = s.Value is null ? new NullColumn(items) : Build(s.Value, s.Repetition, s.ItemDefinition);
        if (keys.Length != items) throw Disagree(s.Key, keys.Length, items);
        if (values.Length != items) throw Disagree(s.Value!, values.Length, items);
        return new((MapType)s.Field.Type, slots, offsets, keys, values, validity);
    }

    DataFormatException Disagree(Shape child, int found, int expected) =>
        new DataFormatException($"{found:N0} items where the columns beside it have {expected:N0}")
            .At(column: levels[child.FirstLeaf - firstLeaf].Path);
}

/// <summary>The levels of one leaf for some rows.</summary>
sealed class Levels(ColumnChunkReader column, ReadLimits limits)
{
    const int Step = 1_024;

    readonly bool repeats = column.Node.MaxRepetition > 0;
    byte[] repetition = new byte[Step], definition = new byte[Step];
    int count; // of the rows being read

    // Levels of the current page that were read ahead, since only the next row's first level ends a row.
    readonly byte[] aheadRepetition = new byte[Step], aheadDefinition = new byte[Step];
    int ahead, aheadEnd;

    public string Path => column.Path;
    public long Offset => column.PageOffset;

    public void Begin() => ahead = aheadEnd = 0;

    /// <summary>Reads the levels and values of so many whole rows.</summary>
    public void ReadRows(int rows)
    {
        count = 0;
        if (repeats) ReadRepeating(rows);
        else ReadPlain(rows);
    }

    /// <summary>Passes over whole rows, by whole pages where these are known to end with a row.</summary>
    public void Skip(long rows)
    {
        while (rows > 0)
        {
            if (ahead == aheadEnd && column.PageLeft == 0)
            {
                rows -= column.PassPage(rows);
                continue;
            }
            var part = (int)Math.Min(rows, Step);
            ReadRows(part);
            column.Values.Finish(column.Values.Count, default);
            rows -= part;
        }
    }

    void ReadPlain(int rows)
    {
        while (rows > 0)
        {
            column.NeedPage();
            var part = Math.Min(Math.Min(rows, column.PageLeft), Step);
            Grow(part);
            var levels = definition.AsSpan(count, part);
            column.ReadDefinitions(levels);
            column.Values.Read(levels.Count((byte)column.Node.MaxDefinition));
            column.Took(part);
            count += part;
            rows -= part;
        }
    }

    void ReadRepeating(int rows)
    {
        var begun = 0;
        while (ahead < aheadEnd || column.Left > 0 || begun < rows)
        {
            if (ahead == aheadEnd) LookAhead();
            if (begun == 0 && aheadRepetition[ahead] != 0) throw new DataFormatException("the first value of a column continues a row");
            var take = 0;
            for (var levels = aheadRepetition.AsSpan(ahead, aheadEnd - ahead); take < levels.Length; take++)
            {
                if (levels[take] != 0) continue;
                if (begun == rows) break;
                begun++;
            }
            if (take == 0) return;
            Take(take);
        }
    }

    void LookAhead()
    {
        column.NeedPage();
        (ahead, aheadEnd) = (0, Math.Min(Step, column.PageLeft));
        column.ReadRepetitions(aheadRepetition.AsSpan(0, aheadEnd));
        column.ReadDefinitions(aheadDefinition.AsSpan(0, aheadEnd));
    }

    void Take(int part)
    {
        Grow(part);
        var levels = aheadDefinition.AsSpan(ahead, part);
        levels.CopyTo(definition.AsSpan(count));
        aheadRepetition.AsSpan(ahead, part).CopyTo(repetition.AsSpan(count));
        column.Values.Read(levels.Count((byte)column.Node.MaxDefinition));
        column.Took(part);
        ahead += part;
        count += part;
    }

    void Grow(int more)
    {
        if (count + more <= definition.Length) return;
        var size = (long)definition.Length * 2;
        if (size + column.Values.ByteCount > limits.BatchBytes)
            throw ReadLimits.Exceeded("the size of a column's part of a batch", size + column.Values.ByteCount, nameof(limits.BatchBytes),
                limits.BatchBytes);
        Array.Resize(ref definition, (int)size);
        Array.Resize(ref repetition, (int)size);
    }

    /// <summary>The leaf's values over the slots of its enclosing item.</summary>
    public Column Values(int maxRepetition, int itemDefinition, int present)
    {
        var (validity, slots) = Validity(maxRepetition, itemDefinition, present);
        return column.Values.Finish(slots, validity);
    }

    /// <summary>Which slots have a value, and how many slots there are.</summary>
    public (ReadOnlyMemory<byte> Bits, int Slots) Validity(int maxRepetition, int itemDefinition, int present)
    {
        var bits = new byte[Bitmap.Bytes(count)];
        var slots = 0;
        for (var i = 0; i < count; i++)
        {
            if (definition[i] < itemDefinition || (repeats && repetition[i] > maxRepetition)) continue;
            if (definition[i] >= present) Bitmap.Set(bits, slots);
            slots++;
        }
        return (bits, slots);
    }

    /// <summary>Offsets and validity of lists, and how many slots and items there are.</summary>
    public (ReadOnlyMemory<byte> Offsets, ReadOnlyMemory<byte> Bits, int Slots, int Items) Offsets(
        int maxRepetition, int enclosing, int present, int listRepetition, int itemDefinition)
    {
        var offsets = new ByteBuffer((count + 1) * sizeof(int));
        var bits = new byte[Bitmap.Bytes(count)];
        var (slots, items) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            if (repetition[i] > listRepetition || definition[i] < enclosing) continue;
            if (repetition[i] <= maxRepetition)
            {
                offsets.AppendValue(items);
                if (definition[i] >= present) Bitmap.Set(bits, slots);
                slots++;
                if (definition[i] >= itemDefinition) items++;
            }
            else if (definition[i] >= itemDefinition) items++;
            else throw new DataFormatException("a repeated item without a value").At(column: Path);
        }
        offsets.AppendValue(items);
        return (offsets.Detach(), bits, slots, items);
    }
}

namespace Anit.Data.Parquet.Write;

/// <summary>Takes nested rows apart into the levels and values of their leaves.</summary>
/// <remarks>A slot is a place for a value at some node: its levels so far and its row in the node's column, or -1 where a
/// node above is null or empty and only the levels go on.</remarks>
sealed class Shredder
{
    sealed class Slots
    {
        public byte[] Repetition = new byte[256], Definition = new byte[256];
        public int[] Row = new int[256];
        public int Count;

        public void Clear() => Count = 0;

        public void Add(byte repetition, int definition, int row)
        {
            if (Count == Row.Length)
            {
                Array.Resize(ref Repetition, Count * 2);
                Array.Resize(ref Definition, Count * 2);
                Array.Resize(ref Row, Count * 2);
            }
            (Repetition[Count], Definition[Count], Row[Count]) = (repetition, (byte)definition, row);
            Count++;
        }
    }

    readonly Stack<Slots> spare = new();

    // Reused over columns: where the values of a leaf lie.
    int[] present = new int[256];
    int rows;

    /// <summary>Writes rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> - 1 of a column.</summary>
    public void Write(WriteNode node, Column column, int start, int count)
    {
        if (node.Leaf is { } leaf && !node.Field.Nullable)
        {
            if (column.NullCount > 0) CheckNoNulls(node, column, start, count);
            leaf.Append(Decoded(column), start, count);
            return;
        }
        var slots = Rent();
        for (var i = 0; i < count; i++) slots.Add(0, 0, start + i);
        rows = count;
        Write(node, column, slots, 0);
        spare.Push(slots);
    }

    void Write(WriteNode node, Column column, Slots slots, int repetition)
    {
        if (node.Field.Nullable) Valid(column, slots);
        else if (column.NullCount > 0)
        {
            foreach (var row in slots.Row.AsSpan(0, slots.Count))
                if (row >= 0 && column.IsNull(row)) throw NotNullable(node, row);
        }
        switch (column)
        {
            case ListColumn list: Items(node, slots, list.Offsets, repetition, [list.Items]); break;
            case MapColumn map: Items(node, slots, map.Offsets, repetition, [map.Keys, map.Items]); break;
            case StructColumn s:
                for (var i = 0; i < s.Children.Count; i++)
                {
                    // Children change the slots: all but the last get their own.
                    var own = i == s.Children.Count - 1 ? slots : Copy(slots);
                    Write(node.Children[i], s.Children[i], own, repetition);
                    if (own != slots) spare.Push(own);
                }
                break;
            default: Leaf(node.Leaf!, Decoded(column), slots); break;
        }
    }

    /// <summary>Values that are there count one level more; the others lose their row.</summary>
    static void Valid(Column column, Slots slots)
    {
        var (rows, definition) = (slots.Row, slots.Definition);
        if (column.NullCount == 0 && column is not NullColumn)
        {
            for (var i = 0; i < slots.Count; i++)
                if (rows[i] >= 0) definition[i]++;
            return;
        }
        for (var i = 0; i < slots.Count; i++)
        {
            if (rows[i] < 0) continue;
            if (column.IsNull(rows[i])) rows[i] = -1;
            else definition[i]++;
        }
    }

    void Items(WriteNode node, Slots slots, ReadOnlySpan<int> offsets, int repetition, ReadOnlySpan<Column> children)
    {
        for (var c = 0; c < children.Length; c++)
        {
            var items = Rent();
            for (var i = 0; i < slots.Count; i++)
            {
                var (row, definition) = (slots.Row[i], slots.Definition[i]);
                var (start, end) = row < 0 ? (0, 0) : (offsets[row], offsets[row + 1]);
                if (start == end)
                {
                    items.Add(slots.Repetition[i], definition, -1);
                    continue;
                }
                items.Add(slots.Repetition[i], definition + 1, start);
                for (var item = start + 1; item < end; item++) items.Add((byte)(repetition + 1), definition + 1, item);
            }
            Write(node.Children[c], children[c], items, repetition + 1);
            spare.Push(items);
        }
    }

    void Leaf(ColumnChunkWriter leaf, Column column, Slots slots)
    {
        if (present.Length < slots.Count) present = new int[slots.Row.Length];
        var count = 0;
        foreach (var row in slots.Row.AsSpan(0, slots.Count))
            if (row >= 0) present[count++] = row;
        leaf.Append(column, slots.Repetition.AsSpan(0, slots.Count), slots.Definition.AsSpan(0, slots.Count), present.AsSpan(0, count), rows);
    }

    /// <summary>Dictionaries of text are written from their indices; other dictionaries as their values.</summary>
    static Column Decoded(Column column)
    {
        if (column is not DictionaryColumn d || (d.Values is BytesColumn && d.Values.NullCount == 0)) return column;
        var builder = ColumnBuilder.For(d.Values.Type);
        for (var i = 0; i < d.Length; i++) builder.AppendFrom(d, i);
        return builder.Build();
    }

    Slots Copy(Slots slots)
    {
        var copy = Rent();
        for (var i = 0; i < slots.Count; i++) copy.Add(slots.Repetition[i], slots.Definition[i], slots.Row[i]);
        return copy;
    }

    Slots Rent()
    {
        if (!spare.TryPop(out var slots)) return new();
        slots.Clear();
        return slots;
    }

    static void CheckNoNulls(WriteNode node, Column column, int start, int count)
    {
        for (var i = start; i < start + count; i++)
            if (column.IsNull(i)) throw NotNullable(node, i);
    }

    // A map may have been read with null keys; every other required column was declared so by the caller.
    static Exception NotNullable(WriteNode node, int row) => node.Leaf is { Path: [.., "key_value", "key"] }
        ? new UnsupportedTypeException($"column '{string.Join('.', node.Leaf.Path)}' has a null as key, which Parquet does not have")
        : new InvalidOperationException($"column '{node.Field.Name}' is declared without nulls but row {row} of the batch is null");
}

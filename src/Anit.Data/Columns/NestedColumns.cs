using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>Lists: row i holds the items from offset i to offset i + 1.</summary>
public sealed class ListColumn : Column
{
    /// <summary>A column over offsets into <paramref name="items"/>.</summary>
    public ListColumn(
        ListType type, int length, ReadOnlyMemory<byte> offsets, Column items, ReadOnlyMemory<byte> validity = default, int nullCount = -1)
        : base(type, length, validity, nullCount) => (OffsetBytes, Items) = (CheckOffsets(offsets, length), items);

    /// <summary>The offsets as raw 32-bit little-endian integers.</summary>
    public ReadOnlyMemory<byte> OffsetBytes { get; }

    /// <summary>The items of all rows.</summary>
    public Column Items { get; }

    /// <summary>n + 1 offsets; the first need not be 0.</summary>
    public ReadOnlySpan<int> Offsets => MemoryMarshal.Cast<byte, int>(OffsetBytes.Span)[..(Length + 1)];

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        var validity = SliceValidity(start, count);
        return new ListColumn((ListType)Type, count, OffsetBytes.Slice(start * sizeof(int), (count + 1) * sizeof(int)), Items, validity);
    }
}

/// <summary>Maps: row i holds the pairs from offset i to offset i + 1.</summary>
public sealed class MapColumn : Column
{
    /// <summary>A column over offsets into keys and values of equal length.</summary>
    public MapColumn(
        MapType type, int length, ReadOnlyMemory<byte> offsets, Column keys, Column values,
        ReadOnlyMemory<byte> validity = default, int nullCount = -1)
        : base(type, length, validity, nullCount)
    {
        if (keys.Length != values.Length) throw new ArgumentException($"{keys.Length} keys but {values.Length} values", nameof(values));
        (OffsetBytes, Keys, Items) = (CheckOffsets(offsets, length), keys, values);
    }

    /// <summary>The offsets as raw 32-bit little-endian integers.</summary>
    public ReadOnlyMemory<byte> OffsetBytes { get; }

    /// <summary>The keys of all rows.</summary>
    public Column Keys { get; }

    /// <summary>The values of all rows, beside their keys.</summary>
    public Column Items { get; }

    /// <summary>n + 1 offsets; the first need not be 0.</summary>
    public ReadOnlySpan<int> Offsets => MemoryMarshal.Cast<byte, int>(OffsetBytes.Span)[..(Length + 1)];

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        var validity = SliceValidity(start, count);
        return new MapColumn((MapType)Type, count, OffsetBytes.Slice(start * sizeof(int), (count + 1) * sizeof(int)), Keys, Items, validity);
    }
}

/// <summary>Structs: children side by side, each as long as the column.</summary>
public sealed class StructColumn : Column
{
    /// <summary>A column over its children, one a field.</summary>
    public StructColumn(
        StructType type, int length, IReadOnlyList<Column> children, ReadOnlyMemory<byte> validity = default, int nullCount = -1)
        : base(type, length, validity, nullCount)
    {
        if (children.Count != type.Fields.Count || children.Any(c => c.Length != length))
            throw new ArgumentException($"children do not fit {type} of {length} rows", nameof(children));
        Children = children;
    }

    /// <summary>One column a field, in order.</summary>
    public IReadOnlyList<Column> Children { get; }

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        var validity = SliceValidity(start, count);
        return new StructColumn((StructType)Type, count, [.. Children.Select(c => c.Slice(start, count))], validity);
    }
}

/// <summary>Unions: each row is a value of one child.</summary>
public sealed class UnionColumn : Column
{
    readonly int[] childOf = new int[256];

    /// <summary>A column over type ids, offsets (dense unions only) and children.</summary>
    public UnionColumn(UnionType type, int length, ReadOnlyMemory<byte> typeIds, ReadOnlyMemory<byte> offsets, IReadOnlyList<Column> children)
        : base(type, length, default)
    {
        (TypeIds, OffsetBytes, Children) = (typeIds, offsets, children);
        Array.Fill(childOf, -1);
        for (var i = 0; i < type.TypeIds.Count; i++) childOf[(byte)type.TypeIds[i]] = i;
        var nulls = 0;
        for (var i = 0; i < length; i++) if (IsNull(i)) nulls++;
        NullCount = nulls;
    }

    /// <summary>One signed byte a row: which child.</summary>
    public ReadOnlyMemory<byte> TypeIds { get; }

    /// <summary>Dense unions: the position in the child, as 32-bit integers; empty for sparse ones.</summary>
    public ReadOnlyMemory<byte> OffsetBytes { get; }

    /// <summary>One column an alternative.</summary>
    public IReadOnlyList<Column> Children { get; }

    /// <summary>The child and the position in it that hold a row.</summary>
    public (Column Child, int Row) Resolve(int i)
    {
        var child = Children[childOf[TypeIds.Span[i]]];
        return (child, ((UnionType)Type).Dense ? MemoryMarshal.Cast<byte, int>(OffsetBytes.Span)[i] : i);
    }

    /// <summary>Whether the selected child's value is null.</summary>
    public override bool IsNull(int i)
    {
        var (child, row) = Resolve(i);
        return child.IsNull(row);
    }

    /// <inheritdoc/>
    public override Column Slice(int start, int count)
    {
        SliceValidity(start, count);
        var dense = ((UnionType)Type).Dense;
        return new UnionColumn((UnionType)Type, count, TypeIds.Slice(start, count),
            dense ? OffsetBytes.Slice(start * sizeof(int), count * sizeof(int)) : default,
            dense ? Children : [.. Children.Select(c => c.Slice(start, count))]);
    }
}

/// <summary>Values kept once; each row is an index into them.</summary>
public sealed class DictionaryColumn : Column
{
    /// <summary>A column of indices into <paramref name="values"/>; nulls are those of the indices or of the values.</summary>
    public DictionaryColumn(DictionaryType type, FixedColumn<int> indices, Column values)
        : base(type, indices.Length, indices.Validity, indices.NullCount)
    {
        (Indices, Values) = (indices, values);
        if (values.NullCount == 0) return;
        var nulls = 0;
        for (var i = 0; i < Length; i++) if (IsNull(i)) nulls++;
        NullCount = nulls;
    }

    /// <summary>One index a row, in range where the row is not null.</summary>
    public FixedColumn<int> Indices { get; }

    /// <summary>The distinct values.</summary>
    public Column Values { get; }

    /// <inheritdoc/>
    public override bool IsNull(int i) => base.IsNull(i) || (Values.NullCount > 0 && Values.IsNull(Indices[i]));

    /// <inheritdoc/>
    public override Column Slice(int start, int count) =>
        new DictionaryColumn((DictionaryType)Type, (FixedColumn<int>)Indices.Slice(start, count), Values);
}

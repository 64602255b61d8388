using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Schemas;

/// <summary>How the nodes of a Parquet schema make up one logical value.</summary>
/// <param name="Field">Name, type and nullability as the user sees it.</param>
/// <param name="Present">The definition level from which on the value is not null.</param>
/// <param name="FirstLeaf">The first leaf below, whose levels tell the structure.</param>
abstract record Shape(Field Field, int Present, int FirstLeaf)
{
    /// <summary>All leaves below, in order.</summary>
    public abstract IEnumerable<LeafShape> Leaves { get; }
}

/// <summary>A value.</summary>
sealed record LeafShape(Field Field, SchemaNode Node) : Shape(Field, Node.MaxDefinition, Node.Leaf)
{
    public override IEnumerable<LeafShape> Leaves => [this];
}

/// <summary>A group that is not a list or map.</summary>
sealed record StructShape(Field Field, int Present, IReadOnlyList<Shape> Children) : Shape(Field, Present, Children[0].FirstLeaf)
{
    public override IEnumerable<LeafShape> Leaves => Children.SelectMany(c => c.Leaves);
}

/// <summary>A list: items exist from definition level <paramref name="ItemDefinition"/> on and repeat at <paramref name="Repetition"/>.</summary>
sealed record ListShape(Field Field, int Present, int ItemDefinition, int Repetition, Shape Item) : Shape(Field, Present, Item.FirstLeaf)
{
    public override IEnumerable<LeafShape> Leaves => Item.Leaves;
}

/// <summary>A map, a list of pairs.</summary>
sealed record MapShape(Field Field, int Present, int ItemDefinition, int Repetition, Shape Key, Shape? Value) : Shape(Field, Present, Key.FirstLeaf)
{
    public override IEnumerable<LeafShape> Leaves => Value is null ? Key.Leaves : Key.Leaves.Concat(Value.Leaves);
}

/// <summary>Reads shapes off a schema tree: three-level lists, the older two-level ones, maps with and without values.</summary>
/// <remarks>LogicalTypes.md of parquet-format, "Lists" and "Maps" with their backward-compatibility rules.</remarks>
static class Shapes
{
    public static List<Shape> Of(SchemaNode root)
    {
        var shapes = new List<Shape>();
        foreach (var node in root.Children)
            if (Any(node) is { } shape) shapes.Add(shape);
        return shapes;
    }

    /// <summary>The shape of a node where repetition is its own: a bare repeated node is a list of its values. Null: no leaf below.</summary>
    static Shape? Any(SchemaNode node)
    {
        if (node.Repetition != Repetition.Repeated) return Single(node);
        if (Single(node) is not { } item) return null;
        item = item with { Field = item.Field with { Name = "element", Nullable = false } };
        return new ListShape(new(node.Name, new ListType(item.Field), false), node.Parent!.MaxDefinition, node.MaxDefinition, node.MaxRepetition,
            item);
    }

    /// <summary>The shape of one occurrence of a node.</summary>
    static Shape? Single(SchemaNode node)
    {
        var nullable = node.Repetition == Repetition.Optional;
        if (node.IsLeaf) return new LeafShape(Named(node, LeafTypes.Of(node), nullable), node);
        if (IsList(node) && node.Children is [{ Repetition: Repetition.Repeated } repeated]) return List(node, repeated, nullable);
        if (IsMap(node) && node.Children is [{ Repetition: Repetition.Repeated, IsLeaf: false, Children.Count: 1 or 2 } pairs])
            return Map(node, pairs, nullable);

        var children = new List<Shape>();
        foreach (var child in node.Children)
            if (Any(child) is { } shape) children.Add(shape);
        if (children.Count == 0) return null;
        return new StructShape(Named(node, new StructType([.. children.Select(c => c.Field)]), nullable), node.MaxDefinition, children);
    }

    static ListShape? List(SchemaNode node, SchemaNode repeated, bool nullable)
    {
        // Two levels: the repeated node is the item itself. Three: it wraps the item.
        var wraps = !repeated.IsLeaf && repeated.Children.Count == 1 && repeated.Children[0].Repetition != Repetition.Repeated
            && repeated.Name != "array" && repeated.Name != $"{node.Name}_tuple";
        var item = wraps ? Single(repeated.Children[0]) : Single(repeated);
        if (item is null) return null;
        if (!wraps) item = item with { Field = item.Field with { Nullable = false } };
        return new ListShape(Named(node, new ListType(item.Field), nullable), node.MaxDefinition, repeated.MaxDefinition, repeated.MaxRepetition,
            item);
    }

    static MapShape? Map(SchemaNode node, SchemaNode pairs, bool nullable)
    {
        if (pairs.Children.Any(c => c.Repetition == Repetition.Repeated) || Single(pairs.Children[0]) is not { } key) return null;
        var value = pairs.Children.Count == 2 ? Single(pairs.Children[1]) : null;
        var type = new MapType(key.Field, value?.Field ?? new("value", DataType.Null));
        return new(Named(node, type, nullable), node.MaxDefinition, pairs.MaxDefinition, pairs.MaxRepetition, key, value);
    }

    static Field Named(SchemaNode node, DataType type, bool nullable) => new(node.Name, type, nullable) { Metadata = Annotations.Of(node.Element) };

    static bool IsList(SchemaNode node) => node.Element.Logical == LogicalKind.List || node.Element.Converted == ConvertedType.List;

    static bool IsMap(SchemaNode node) =>
        node.Element.Logical == LogicalKind.Map || node.Element.Converted is ConvertedType.Map or ConvertedType.MapKeyValue;
}

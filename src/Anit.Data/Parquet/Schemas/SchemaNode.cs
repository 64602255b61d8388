using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Schemas;

/// <summary>One node of a Parquet schema with its levels (Dremel; Melnik et al. 2010).</summary>
/// <remarks>The definition level counts optional and repeated ancestors with a value, the repetition level repeated ones.</remarks>
sealed class SchemaNode(SchemaElement element, SchemaNode? parent)
{
    public SchemaElement Element { get; } = element;
    public SchemaNode? Parent { get; } = parent;
    public string Name => Element.Name;
    public Repetition Repetition => Element.Repetition ?? Repetition.Required;
    public List<SchemaNode> Children { get; } = [];
    public int MaxDefinition { get; } = parent is null ? 0
        : parent.MaxDefinition + ((element.Repetition ?? Repetition.Required) == Repetition.Required ? 0 : 1);
    public int MaxRepetition { get; } = parent is null ? 0
        : parent.MaxRepetition + (element.Repetition == Repetition.Repeated ? 1 : 0);

    /// <summary>Some writers give groups, above all the root, a physical type as well: children decide.</summary>
    public bool IsLeaf => Element.Type is not null && Element.Children <= 0;

    /// <summary>Position among the leaves; -1 for groups.</summary>
    public int Leaf { get; set; } = -1;

    public IEnumerable<string> Path => Parent is null ? [] : Parent.Path.Append(Name);

    /// <summary>The root of the tree that the footer lists depth first, and all leaves in order.</summary>
    public static (SchemaNode Root, List<SchemaNode> Leaves) Tree(List<SchemaElement> elements, ReadLimits limits)
    {
        var leaves = new List<SchemaNode>();
        var root = new SchemaNode(elements[0], null);
        if (root.IsLeaf) throw new DataFormatException("the root of the schema is a value, a group was expected");
        if (root.Element.Children < 0) throw new DataFormatException($"the schema's root claims {root.Element.Children} children");

        // Iterative, since files may nest as deep as they like: a stack of groups with the children still to come.
        var open = new Stack<(SchemaNode Node, int Left)>();
        open.Push((root, root.Element.Children));
        var next = 1;
        while (open.TryPop(out var top))
        {
            if (top.Left == 0) continue;
            if (next == elements.Count) throw new DataFormatException($"the schema ends inside '{top.Node.Name}', {top.Left} children are missing");
            open.Push((top.Node, top.Left - 1));
            var element = elements[next++];
            if (element.Repetition is not (null or Repetition.Required or Repetition.Optional or Repetition.Repeated))
                throw new DataFormatException($"the schema's '{element.Name}' is neither required nor optional nor repeated");
            var node = new SchemaNode(element, top.Node);
            top.Node.Children.Add(node);
            if (node.IsLeaf)
            {
                node.Leaf = leaves.Count;
                leaves.Add(node);
                if (leaves.Count > limits.Leaves)
                    throw ReadLimits.Exceeded("the number of columns", leaves.Count, nameof(limits.Leaves), limits.Leaves);
                continue;
            }
            if (element.Children < 0) throw new DataFormatException($"the schema's '{element.Name}' claims {element.Children} children");
            if (open.Count >= limits.Depth) throw ReadLimits.Exceeded("the nesting of the schema", open.Count, nameof(limits.Depth), limits.Depth);
            open.Push((node, element.Children));
        }
        if (next != elements.Count) throw new DataFormatException($"the schema lists {elements.Count - next} nodes outside its tree");
        return (root, leaves);
    }
}

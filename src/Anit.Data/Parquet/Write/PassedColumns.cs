using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Write;

/// <summary>Columns that a stage passes on from a file of ours: their chunks go into the output byte for byte and are never decoded.</summary>
/// <remarks>Only where writing their rows anew would give the very same bytes: <see cref="Layout"/> says of the source that it was cut as the output
/// will be, and the same build of this library wrote it. What the output's columns are, the rows alone decide; so it is the same file either
/// way.</remarks>
sealed class PassedColumns
{
    readonly Dictionary<string, int> leaves; // of the source, by path

    PassedColumns(ParquetReader source, Dictionary<string, int> leaves, IReadOnlySet<string> names) =>
        (Source, this.leaves, Names) = (source, leaves, names);

    /// <summary>The file.</summary>
    public ParquetReader Source { get; }

    /// <summary>The columns.</summary>
    public IReadOnlySet<string> Names { get; }

    /// <summary>Where the source has the chunks of a leaf among those of a row group; null where the leaf is not passed on.</summary>
    public int? Leaf(IReadOnlyList<string> path) => Names.Contains(path[0]) ? leaves[Joined(path)] : null;

    /// <summary>What of a file can be passed on; null where a table of this schema would be cut otherwise or stored otherwise.</summary>
    /// <param name="source">The table that a stage reads.</param>
    /// <param name="output">The schema of what it writes.</param>
    /// <param name="adds">The columns that it adds or writes anew.</param>
    /// <param name="options">How it writes.</param>
    public static PassedColumns? Find(ParquetReader source, Schema output, IReadOnlyCollection<string> adds, WriteOptions options)
    {
        var meta = source.Meta;
        if (meta.CreatedBy != ParquetWriter.CreatedBy || !source.IsOrdered || !source.IsWhole
            || Layout.Of(options) is not { } layout || meta.KeyValues.GetValueOrDefault(Layout.Key) != layout) return null;
        var passed = output.Fields.Where(field => !adds.Contains(field.Name)).ToList();
        var there = source.Schema.Fields.Select(field => field.Name).ToList();
        var counted = Layout.Counted(source.Schema, []);
        if (there.Distinct().Count() < there.Count || passed.Count == 0 || !passed.All(field => there.Contains(field.Name))) return null;
        if (!counted.SequenceEqual(Layout.Counted(output, adds)) || counted.Intersect(adds).Any()) return null;

        var nodes = source.AllLeaves.Select(leaf => leaf.Node).ToList();
        foreach (var field in passed)
        {
            var ours = new WriteSchema(new Schema([field]), options);
            if (!ours.Elements.Skip(1).Select(Stored).SequenceEqual(Elements(meta.Schema, field.Name).Select(Stored))) return null;
            foreach (var leaf in nodes.Where(node => node.Path.First() == field.Name))
                if (meta.RowGroups.Any(group => group.Chunks[leaf.Leaf].Codec != ours.Packer.Codec)) return null;
        }
        return new(source, nodes.ToDictionary(node => Joined(node.Path), node => node.Leaf), passed.Select(field => field.Name).ToHashSet());
    }

    /// <summary>The elements of a column: itself and all below it.</summary>
    static IEnumerable<SchemaElement> Elements(List<SchemaElement> all, string column)
    {
        for (var i = 1; i < all.Count;)
        {
            var (start, open) = (i, 1);
            for (; open > 0 && i < all.Count; i++) open += all[i].Children - 1;
            if (all[start].Name == column) return all[start..i];
        }
        return [];
    }

    static (object, int?) Stored(SchemaElement e) => (RowGroupCopy.Stored(e), e.FieldId);

    static string Joined(IEnumerable<string> path) => string.Join('\0', path);
}

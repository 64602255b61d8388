using System.Text;
using System.Text.Json.Nodes;
using Anit.Data.Receipts;

namespace Anit.Data;

/// <summary>Writes a folder of files, one for each value of some columns: <c>task=ner/part-0.parquet</c>, Hive's layout.</summary>
/// <example><code>
/// await using var writer = PartitionedWriter.Create("by-task", schema, ["task"]);
/// await foreach (var batch in batches) await writer.WriteAsync(batch);
/// await writer.FinishAsync(); // Table.OpenAsync("by-task") reads it as one table
/// </code></example>
/// <remarks>The columns stand in the names of the folders, not in the files; their types and places are noted in the metadata, so that reading the
/// folder gives them back. The folder appears when it is whole. Each value has a writer of its own: the more there are, the smaller their row
/// groups.</remarks>
public sealed class PartitionedWriter : ITableWriter
{
    /// <summary>The metadata key of the columns that stand in folders.</summary>
    internal const string Key = "anit.folders";

    /// <summary>Most files: each is open until the end.</summary>
    public const int MostFiles = 1_000;

    const int LongestName = 255; // bytes
    const long LeastGroupBytes = 1 << 20;

    readonly string place, temporary;
    readonly Schema rest;
    readonly int[] by, others;
    readonly IReadOnlyList<string> names;
    readonly WriteOptions options;
    readonly ByteTable values = new();
    readonly List<(ITableWriter Writer, RowDigest? Digest, JsonObject Folders)> parts = [];
    readonly CanonicalJson json = new();
    readonly Func<JsonObject, RowDigest, ValueTask<IReadOnlyList<Receipt>>>? receipts;
    bool finished;

    PartitionedWriter(string folder, Schema schema, IReadOnlyList<string> by, WriteOptions options,
        Func<JsonObject, RowDigest, ValueTask<IReadOnlyList<Receipt>>>? receipts)
    {
        (place, this.receipts) = (folder.TrimEnd('/'), receipts);
        temporary = Path.Combine(Path.GetDirectoryName(place)!, $".{Path.GetFileName(place)}.{Path.GetRandomFileName()}.tmp");
        (this.options, names, this.by) = (options, by, [.. by.Select(name => schema.Has(name) ? schema.IndexOf(name) : throw schema.NoColumn(name))]);
        others = [.. Enumerable.Range(0, schema.Fields.Count).Except(this.by)];
        if (others.Length == 0) throw new ArgumentException("a column at least must not stand in the folders' names", nameof(by));
        foreach (var at in this.by)
            if (schema.Fields[at].Type.Decoded is ListType or StructType or MapType or UnionType or BinaryType or FixedBinaryType or NullType)
                throw new DataFormatException($"a column of {schema.Fields[at].Type} makes no names of folders").At(column: schema.Fields[at].Name);
        rest = new Schema(others.Select(i => schema.Fields[i]), schema.Metadata).WithMetadata(Key, Note(schema));
        Directory.CreateDirectory(temporary);
    }

    /// <summary>Begins a folder, which must be missing or empty unless it is to be replaced.</summary>
    /// <param name="folder">Where it will be.</param>
    /// <param name="schema">The rows' columns.</param>
    /// <param name="by">The columns whose values make the folders, outermost first.</param>
    /// <param name="options">Of the files, Parquet unless a format is named.</param>
    /// <param name="values">How many values are to be expected: the row groups get smaller so that all fit into memory.</param>
    /// <param name="replace">Replace what is there.</param>
    /// <param name="receipts">The receipts of a file, given what its folders say and the digest of its rows; null writes none.</param>
    public static PartitionedWriter Create(string folder, Schema schema, IReadOnlyList<string> by, WriteOptions? options = null, int values = 1,
        bool replace = false, Func<JsonObject, RowDigest, ValueTask<IReadOnlyList<Receipt>>>? receipts = null)
    {
        options ??= new();
        var group = Math.Clamp(RowTransforms.Memory / Math.Max(1, values), LeastGroupBytes, options.RowGroupBytes);
        var full = Path.GetFullPath(folder);
        if (File.Exists(full) || (!replace && Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
            throw new IOException($"{folder}: is there already; name a folder that is missing or empty");
        return new(full, schema, by, options with { RowGroupBytes = group, Format = options.Format ?? TableFormat.Parquet }, receipts);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        var keys = new ColumnBatch(new(by.Select(i => batch.Schema.Fields[i])), [.. by.Select(i => batch.Columns[i])], batch.Rows);
        var inside = new ColumnBatch(rest, [.. others.Select(i => batch.Columns[i])], batch.Rows);
        var rows = new Dictionary<int, List<int>>();
        for (var row = 0; row < batch.Rows; row++)
        {
            var part = values.Add(json.Row(keys, row).Span);
            if (part == parts.Count) Begin(keys, row);
            if (!rows.TryGetValue(part, out var own)) rows[part] = own = [];
            own.Add(row);
        }
        foreach (var (part, own) in rows.OrderBy(pair => pair.Key))
        {
            var piece = own.Count == batch.Rows ? inside : inside.Take([.. own]);
            parts[part].Digest?.Add(piece);
            await parts[part].Writer.WriteAsync(piece, stop).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
    {
        foreach (var (writer, digest, folders) in parts)
        {
            var late = new Dictionary<string, string>(lateMetadata ?? new Dictionary<string, string>(), StringComparer.Ordinal);
            if (digest is not null) late[Chain.Key] = Chain.Write(await receipts!(folders, digest).ConfigureAwait(false));
            await writer.FinishAsync(late).ConfigureAwait(false);
        }
        var old = temporary + ".old";
        if (Directory.Exists(place)) Directory.Move(place, old);
        Directory.Move(temporary, place);
        finished = true;
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (writer, digest, _) in parts)
        {
            digest?.Dispose();
            await writer.DisposeAsync().ConfigureAwait(false);
        }
        if (!finished && Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
    }

    void Begin(ColumnBatch keys, int row)
    {
        if (parts.Count == MostFiles)
            throw new DataFormatException($"more than {MostFiles:N0} values of {string.Join(", ", names)}, each of which is a file; "
                + "partition by a column with fewer");
        var (path, folders) = (temporary, new JsonObject());
        for (var i = 0; i < names.Count; i++)
        {
            var text = keys.Columns[i].IsNull(row) ? null : Encoding.UTF8.GetString(TextCasts.Bytes(keys.Columns[i], row));
            var folder = TableFiles.FolderOf(names[i], text);
            if (Encoding.UTF8.GetByteCount(folder) > LongestName)
                throw new DataFormatException($"{TextCasts.Shown(keys.Columns[i], row)} is too long for the name of a folder").At(column: names[i]);
            path = Path.Combine(path, folder);
            folders[names[i]] = text;
        }
        Directory.CreateDirectory(path);
        var extension = Table.Extensions.First(pair => pair.Value == options.Format).Key;
        parts.Add((Table.Create(Path.Combine(path, "part-0" + extension), rest, options), receipts is null ? null : new RowDigest(rest), folders));
    }

    // {"task": {"at": 1, "type": "utf8"}}: a reader puts the column back where it was.
    string Note(Schema schema) => SortedJson.Write(new JsonObject([.. by.Order().Select(i => KeyValuePair.Create(schema.Fields[i].Name,
        (JsonNode?)new JsonObject { ["at"] = i, ["type"] = schema.Fields[i].Type is DictionaryType { Value: Utf8Type } ? "dictionary"
            : schema.Fields[i].Type.Decoded.ToString(), ["nullable"] = schema.Fields[i].Nullable }))]));
}

using System.Runtime.CompilerServices;
using Anit.Data.HuggingFace;

namespace Anit.Data;

/// <summary>Which rows of the first table a join keeps.</summary>
public enum JoinKind
{
    /// <summary>Those whose key is in the second table.</summary>
    Inner,
    /// <summary>All; the columns of the second table are null where it lacks the key.</summary>
    Left,
}

/// <summary>Adds the columns of a second table to the rows of a first one, by a key that no two rows of the second share.</summary>
/// <remarks>Rows stay in the order of the first table. A null key finds nothing. A second table that fits into the given memory is kept there;
/// a larger one is sorted in temporary files, and the first one too.</remarks>
public sealed class LookupJoin
{
    const string RowName = "\0row"; // the last column while the first table is sorted; no file has such a name

    readonly IReadOnlyList<SortKey> keys;
    readonly Schema left, right;
    readonly JoinKind kind;
    readonly int[] added; // columns of the second table

    /// <param name="left">Columns of the first table.</param>
    /// <param name="right">Columns of the second table.</param>
    /// <param name="on">The key: columns that both have.</param>
    /// <param name="kind">Which rows stay.</param>
    /// <param name="suffix">Put to names of the second table that the first one has, too; where it is null they are an error.</param>
    public LookupJoin(Schema left, Schema right, IReadOnlyList<string> on, JoinKind kind = JoinKind.Inner, string? suffix = null)
    {
        (this.left, this.right, this.kind, keys) = (left, right, kind, [.. on.Select(name => new SortKey(name))]);
        foreach (var name in on)
        {
            if (!left.Has(name)) throw new DataFormatException(left.Lacks(name));
            if (!right.Has(name)) throw new DataFormatException($"the second table has {right.Lacks(name)}");
            var (one, other) = (left[name].Type.Decoded, right[name].Type.Decoded);
            if (one.GetType() != other.GetType() || (one != other && one is not (IntType or FloatType)))
                throw new DataFormatException($"column '{name}' is {one} in the first table and {other} in the second; cast one of them");
        }
        added = [.. Enumerable.Range(0, right.Fields.Count).Where(i => !on.Contains(right.Fields[i].Name))];
        var schema = left;
        foreach (var field in added.Select(i => right.Fields[i]))
        {
            var name = left.Has(field.Name) && suffix is not null ? field.Name + suffix : field.Name;
            if (schema.Has(name))
                throw new DataFormatException($"both tables have a column \"{field.Name}\"; leave it out or add to the second one's names "
                    + $"(--suffix)");
            schema = schema.Append(field with { Name = name, Nullable = field.Nullable || kind == JoinKind.Left });
        }
        Schema = Described(schema);
    }

    // Class labels of either table stay class labels.
    Schema Described(Schema schema)
    {
        var (ours, theirs) = (HubFeatures.Features(left), HubFeatures.Features(right));
        if (ours is null && theirs is not null) schema = schema.WithMetadata(HubFeatures.Key, right.Metadata[HubFeatures.Key]);
        return HubFeatures.Edited(schema, to => Array.FindIndex([.. schema.Fields], field => ReferenceEquals(field, to)) is var at
            && at < left.Fields.Count ? ours?[to.Name] : theirs?[right.Fields[added[at - left.Fields.Count]].Name]);
    }

    /// <summary>The columns of the first table and those that the second one adds.</summary>
    public Schema Schema { get; }

    /// <summary>The joined rows.</summary>
    /// <exception cref="DataFormatException">Two rows of the second table with one key.</exception>
    public async IAsyncEnumerable<ColumnBatch> RowsAsync(IAsyncEnumerable<ColumnBatch> first, IAsyncEnumerable<ColumnBatch> second,
        long memory = RowTransforms.Memory, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var index = new Index(right, keys);
        await using var rest = second.GetAsyncEnumerator(stop);
        while (index.Bytes <= memory && await rest.MoveNextAsync().ConfigureAwait(false)) index.Add(rest.Current);
        if (index.Bytes <= memory)
        {
            var encoder = new KeyEncoder(left, keys);
            await foreach (var batch in first.WithCancellation(stop).ConfigureAwait(false))
                if (Joined(batch, index.Find(batch, encoder)) is { Rows: > 0 } joined) yield return joined;
            yield break;
        }
        await foreach (var batch in SortedAsync(first, index.Batches, rest, memory, stop).ConfigureAwait(false)) yield return batch;
    }

    ColumnBatch Joined(ColumnBatch batch, (ColumnBatch? Batch, int Row)[] found)
    {
        if (kind == JoinKind.Inner)
        {
            var rows = Enumerable.Range(0, found.Length).Where(row => found[row].Batch is not null).ToArray();
            if (rows.Length < found.Length) (batch, found) = (batch.Take(rows), [.. rows.Select(row => found[row])]);
        }
        var columns = batch.Columns.Take(left.Fields.Count).ToList();
        foreach (var at in added)
        {
            var builder = ColumnBuilder.For(right.Fields[at].Type);
            foreach (var (from, row) in found)
            {
                if (from is null) builder.AppendNull();
                else builder.AppendFrom(from.Columns[at], row);
            }
            columns.Add(builder.Build());
        }
        return new ColumnBatch(Schema, columns, batch.Rows);
    }

    // Both by the key, merged, and the result by the first table's row again.
    async IAsyncEnumerable<ColumnBatch> SortedAsync(IAsyncEnumerable<ColumnBatch> first, List<ColumnBatch> seen, IAsyncEnumerator<ColumnBatch> rest,
        long memory, [EnumeratorCancellation] CancellationToken stop)
    {
        var (row, numbered) = (0L, new Schema(left.Fields.Append(new(RowName, DataType.Int64, Nullable: false))));
        await using var ours = new RowSorter(numbered, keys, memory / 3);
        await using var theirs = new RowSorter(right, keys, memory / 3);
        foreach (var batch in seen) await theirs.AddAsync(batch, stop).ConfigureAwait(false);
        seen.Clear();
        while (await rest.MoveNextAsync().ConfigureAwait(false)) await theirs.AddAsync(rest.Current, stop).ConfigureAwait(false);
        await foreach (var batch in first.WithCancellation(stop).ConfigureAwait(false))
        {
            var numbers = Enumerable.Range(0, batch.Rows).Select(i => row + i).ToArray();
            row += batch.Rows;
            await ours.AddAsync(new(numbered, [.. batch.Columns, new FixedColumn<long>(DataType.Int64, numbers)], batch.Rows), stop)
                .ConfigureAwait(false);
        }

        var merged = new Schema(Schema.Fields.Append(new(RowName, DataType.Int64, Nullable: false)));
        await using var result = new RowSorter(merged, [new(RowName)], memory / 3);
        await using var lookup = new SortedLookup(theirs.SortedAsync(stop), right, keys, stop);
        var encoder = new KeyEncoder(numbered, keys);
        await foreach (var batch in ours.SortedAsync(stop).ConfigureAwait(false))
        {
            var found = await lookup.FindAsync(batch, encoder).ConfigureAwait(false);
            var numbers = kind == JoinKind.Left ? batch.Columns[^1]
                : batch.Columns[^1].Take([.. Enumerable.Range(0, found.Length).Where(i => found[i].Batch is not null)]);
            var joined = Joined(batch, found);
            await result.AddAsync(new(merged, [.. joined.Columns, numbers], joined.Rows), stop).ConfigureAwait(false);
        }
        await foreach (var batch in result.SortedAsync(stop).ConfigureAwait(false))
            yield return new(Schema, [.. batch.Columns.SkipLast(1)], batch.Rows);
    }

    static DataFormatException Repeated(ColumnBatch batch, int row, IReadOnlyList<SortKey> keys) =>
        new($"the second table has two rows of {string.Join(", ", keys.Select(key => $"{key.Column} {TextCasts.Shown(batch[key.Column], row)}"))}; "
            + "drop one (anit-data dedup)");

    /// <summary>The second table in memory.</summary>
    sealed class Index(Schema schema, IReadOnlyList<SortKey> keys)
    {
        readonly KeyEncoder encoder = new(schema, keys);
        readonly ByteTable table = new();
        readonly List<(ColumnBatch Batch, int Row)> places = [];
        readonly ByteBuffer key = new();

        public List<ColumnBatch> Batches { get; } = [];

        public long Bytes { get; private set; }

        public void Add(ColumnBatch batch)
        {
            Batches.Add(batch);
            for (var row = 0; row < batch.Rows; row++)
            {
                if (encoder.HasNull(batch, row)) continue;
                key.Clear();
                encoder.Append(key, batch, row);
                if (table.Add(key.Written) < places.Count) throw Repeated(batch, row, keys);
                places.Add((batch, row));
            }
            Bytes += ColumnSizes.Of(batch) + batch.Rows * 40L; // of the index
        }

        public (ColumnBatch? Batch, int Row)[] Find(ColumnBatch batch, KeyEncoder with)
        {
            var found = new (ColumnBatch?, int)[batch.Rows];
            for (var row = 0; row < found.Length; row++)
            {
                if (with.HasNull(batch, row)) continue;
                key.Clear();
                with.Append(key, batch, row);
                if (table.Find(key.Written) is >= 0 and var at) found[row] = places[at];
            }
            return found;
        }
    }

    /// <summary>The second table in the order of its key, looked into from the first to the last.</summary>
    sealed class SortedLookup(IAsyncEnumerable<ColumnBatch> rows, Schema schema, IReadOnlyList<SortKey> keys, CancellationToken stop)
        : IAsyncDisposable
    {
        readonly IAsyncEnumerator<ColumnBatch> batches = rows.GetAsyncEnumerator(stop);
        readonly KeyEncoder encoder = new(schema, keys);
        ByteBuffer now = new(), before = new();
        ColumnBatch? batch;
        int row = -1;
        bool started;

        public async ValueTask<(ColumnBatch? Batch, int Row)[]> FindAsync(ColumnBatch wanted, KeyEncoder with)
        {
            if (!started)
            {
                started = true;
                await NextAsync().ConfigureAwait(false);
            }
            var (found, key) = (new (ColumnBatch?, int)[wanted.Rows], new ByteBuffer());
            for (var i = 0; i < found.Length; i++)
            {
                if (with.HasNull(wanted, i)) continue;
                key.Clear();
                with.Append(key, wanted, i);
                while (batch is not null && now.Written.SequenceCompareTo(key.Written) < 0) await NextAsync().ConfigureAwait(false);
                if (batch is not null && now.Written.SequenceEqual(key.Written)) found[i] = (batch, row);
            }
            return found;
        }

        async ValueTask NextAsync()
        {
            (now, before) = (before, now);
            while (batch is null || ++row >= batch.Rows)
            {
                if (!await batches.MoveNextAsync().ConfigureAwait(false))
                {
                    batch = null;
                    return;
                }
                (batch, row) = (batches.Current, -1);
            }
            now.Clear();
            encoder.Append(now, batch, row);
            if (!encoder.HasNull(batch, row) && now.Written.SequenceEqual(before.Written)) throw Repeated(batch, row, keys);
        }

        public ValueTask DisposeAsync() => batches.DisposeAsync();
    }
}

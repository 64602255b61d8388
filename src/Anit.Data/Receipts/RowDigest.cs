using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Anit.Data.Receipts;

/// <summary>SHA-256 over the logical values of a table: the same for any batch size, encoding, compression and format.</summary>
/// <remarks>Each column has a SHA-256 of its own, over its cells in row order (<see cref="CellBytesWriter"/> gives their form). The
/// table's digest is SHA-256 over "anit-rows-1", a zero byte, the number of rows as 8 bytes (lowest first) and, for each column
/// in order, the length of its name in UTF-8 as 4 bytes, the name, and the column's 32 bytes. Column by column, so that
/// the digest of an earlier stage, which had fewer columns, can be told from a later file.</remarks>
public sealed class RowDigest : IDisposable
{
    /// <summary>What a digest begins with in receipts.</summary>
    public const string Prefix = "sha256:";

    readonly string[] names;
    readonly CellBytesWriter?[] cells; // null where another knows the column's digest
    readonly Func<string, byte[]>? known;

    /// <summary>A digest of a table with these columns and no rows yet.</summary>
    public RowDigest(Schema schema) : this(schema, new HashSet<string>(), null) { }

    /// <summary>The same where the digests of some columns come from elsewhere, at the end.</summary>
    internal RowDigest(Schema schema, IReadOnlySet<string> elsewhere, Func<string, byte[]>? known)
    {
        this.known = known;
        names = [.. schema.Fields.Select(field => field.Name)];
        cells = [.. names.Select(name => elsewhere.Contains(name) ? null : new CellBytesWriter())];
    }

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Takes the rows of a batch; columns are matched by position.</summary>
    public void Add(ColumnBatch batch)
    {
        if (batch.Columns.Count != names.Length) throw new ArgumentException($"{batch.Columns.Count} columns, not {names.Length}", nameof(batch));
        for (var i = 0; i < cells.Length; i++) cells[i]?.Column(batch.Columns[i]);
        Rows += batch.Rows;
    }

    /// <summary>The digest of all columns.</summary>
    public string Result() => Of(Enumerable.Range(0, names.Length));

    /// <summary>The digest of each column.</summary>
    internal IEnumerable<(string Name, byte[] Digest)> Columns => names.Select((name, i) => (name, Column(i)));

    /// <summary>The digest of a column.</summary>
    internal byte[] Column(string name) => Column(Array.IndexOf(names, name));

    byte[] Column(int i) => cells[i]?.Current() ?? known!(names[i]);

    /// <summary>The digest the table would have with only these columns, in their order in the table; null when one is missing.</summary>
    public string? Of(IReadOnlySet<string> columns)
    {
        var chosen = Enumerable.Range(0, names.Length).Where(i => columns.Contains(names[i])).ToList();
        return chosen.Count == columns.Count ? Of(chosen) : null;
    }

    /// <summary>Reads a table to its end for the digest of its rows.</summary>
    public static async Task<(string Digest, long Rows)> OfAsync(ITableReader reader, CancellationToken stop = default)
    {
        using var digest = new RowDigest(reader.Schema);
        await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false)) digest.Add(batch);
        return (digest.Result(), digest.Rows);
    }

    /// <summary>The digest of bytes, for inputs that are no tables.</summary>
    public static async Task<string> OfBytesAsync(DataSource source, CancellationToken stop = default)
    {
        await using var bytes = source.Open();
        return Prefix + Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, stop).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var column in cells) column?.Dispose();
    }

    string Of(IEnumerable<int> columns) => Of([.. columns.Select(i => (names[i], Column(i)))], Rows);

    /// <summary>The digest of a table whose columns have these digests.</summary>
    internal static string Of(IReadOnlyList<(string Name, byte[] Digest)> columns, long rows)
    {
        using var table = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        table.AppendData("anit-rows-1\0"u8);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, rows);
        table.AppendData(number);
        foreach (var (column, digest) in columns)
        {
            var name = Encoding.UTF8.GetBytes(column);
            BinaryPrimitives.WriteInt32LittleEndian(number, name.Length);
            table.AppendData(number[..4]);
            table.AppendData(name);
            table.AppendData(digest);
        }
        return Prefix + Convert.ToHexStringLower(table.GetHashAndReset());
    }
}

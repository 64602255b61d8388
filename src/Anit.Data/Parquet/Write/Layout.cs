using System.Globalization;
using Anit.Data.Receipts;

namespace Anit.Data.Parquet.Write;

/// <summary>The rule by which rows are cut into row groups and pages: by the rows alone, whatever batches they come in.</summary>
/// <remarks>A page ends with the first row at which it has <see cref="WriteOptions.PageBytes"/> or <see cref="WriteOptions.PageRows"/>, a row group
/// likewise; of its bytes only those of columns count that no receipt says a stage added. So equal rows give equal files, and a table that grows by
/// a column keeps its row groups, and every other chunk its bytes. Under <see cref="Key"/> the footer says that the whole file is cut so, and with
/// which limits.</remarks>
static class Layout
{
    public const string Key = "anit.layout";
    const int Rule = 1; // raised when rows are cut otherwise

    /// <summary>The footer's value for rows written with these options; null where chunks have more than the rows tell.</summary>
    public static string? Of(WriteOptions o) => o.BloomFilters.Count > 0 ? null : string.Join(' ',
        new object?[]
        {
            Rule, PagePacker.Usual(o.Compression), o.Level, o.RowGroupRows, o.RowGroupBytes, o.PageBytes, o.PageRows, o.PageV2, o.Dictionaries,
        }.Select(limit => Convert.ToString(limit ?? "-", CultureInfo.InvariantCulture)));

    /// <summary>The columns whose bytes count; all of them where stages added every one.</summary>
    /// <param name="schema">The table's schema with its receipts.</param>
    /// <param name="added">Columns of a receipt to come.</param>
    public static IReadOnlyList<string> Counted(Schema schema, IEnumerable<string> added)
    {
        var names = schema.Fields.Select(field => field.Name).ToList();
        var own = names.Except([.. added, .. Receipts(schema).SelectMany(receipt => receipt.Adds ?? [])]).ToList();
        return own.Count > 0 ? own : names;
    }

    // Metadata may say anything: a table is written all the same.
    static IReadOnlyList<Receipt> Receipts(Schema schema)
    {
        try
        {
            return Chain.Read(schema.Metadata);
        }
        catch (DataFormatException)
        {
            return [];
        }
    }
}

using System.Text;
using System.Text.Json;
using Anit.Data;

namespace Anit.Noise.Tables;

/// <summary>Where a table keeps what noise and score work on.</summary>
/// <param name="Text">The column of clean texts.</param>
/// <param name="Id">The column of row ids; <see cref="RowNumber"/> takes the row's number instead.</param>
public sealed record TableColumns(string Text = "instruction", string Id = "id")
{
    /// <summary>Stands for row numbers where a table has no ids; noise then depends on the order of the rows.</summary>
    public const string RowNumber = "#";

    /// <summary>The column of noisy texts.</summary>
    public string Noisy => "noisy_" + Text;

    /// <summary>Refuses a table without a text column of this name.</summary>
    /// <param name="schema">The table's schema.</param>
    /// <param name="column">The column.</param>
    /// <param name="hint">What to do where it is missing.</param>
    public static void Require(Schema schema, string column, string hint)
    {
        if (!schema.Has(column))
            throw new DataFormatException($"{schema.Lacks(column)}; {hint}");
        if (schema[column].Type.Decoded is not (Utf8Type or NullType))
            throw new DataFormatException($"column \"{column}\" is {schema[column].Type}, expected text; {hint}");
    }

    /// <summary>Refuses a table without the column of ids, if there is to be one.</summary>
    internal void RequireId(Schema schema)
    {
        if (Id != RowNumber) Require(schema, Id, "name a column of unique ids with --id, or number the rows with --id '#'");
    }

    /// <summary>A row's id in UTF-8.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="row">Which one.</param>
    /// <param name="first">Number of the batch's first row in the table.</param>
    public ReadOnlySpan<byte> IdOf(ColumnBatch batch, int row, long first)
    {
        if (Id == RowNumber) return Encoding.ASCII.GetBytes($"{first + row}");
        var column = batch[Id];
        return column.IsNull(row) ? throw Null(Id, first + row) : column.Utf8(row);
    }

    internal static DataFormatException Null(string column, long row) => new($"row {row}: column \"{column}\" is null, expected text");

    /// <summary>The labels of a row: a list of text or, in CSV, the JSON array of one.</summary>
    internal static string[] Labels(Column options, int row, long first)
    {
        if (options.IsNull(row)) return [];
        if (options is ListColumn) return options.TextList(row)!;
        try { return JsonSerializer.Deserialize<string[]>(options.Utf8(row)) ?? []; }
        catch (JsonException)
        {
            throw new DataFormatException($"row {first + row}: column \"options\" is no JSON array of texts; write one, or pass --allow-labels");
        }
    }
}

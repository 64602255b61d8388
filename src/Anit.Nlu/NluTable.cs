using System.Text.Json;
using Anit.Data;

namespace Anit.Nlu;

/// <summary>Rows as tables: the columns every stage agrees on, and the way from a batch to <see cref="NluRow"/> and back.</summary>
public static class NluTable
{
    static readonly string[] Required = ["id", "task", "instruction", "target"];
    static readonly string[] Texts = [.. Required, "noisy_instruction", "question", "format", "text", "prediction", "run", "condition"];

    /// <summary>The columns that an import writes.</summary>
    public static Schema Schema { get; } = new(
    [
        new("id", DataType.Utf8, Nullable: false),
        new("task", DataType.Dictionary, Nullable: false),
        new("instruction", DataType.Utf8, Nullable: false),
        new("question", DataType.Utf8),
        new("format", DataType.Utf8),
        new("options", DataType.ListOf(DataType.Utf8)),
        new("text", DataType.Utf8),
        new("target", DataType.Utf8, Nullable: false),
    ]);

    /// <summary>Makes sure that a table has the columns of a row, in types that can be read; others do not matter.</summary>
    /// <param name="schema">Columns of the table.</param>
    /// <param name="name">Name of the table in messages.</param>
    /// <param name="required">The columns that must be there; null for those that every row needs.</param>
    /// <exception cref="DataFormatException">A column is missing or of another type; the message says what to do.</exception>
    public static void Check(Schema schema, string? name = null, IReadOnlyList<string>? required = null)
    {
        foreach (var column in required ?? Required)
        {
            if (!schema.Has(column))
                throw Bad($"{schema.Lacks(column)}; expected {string.Join(", ", required ?? Required)}: make the table with anit-data import", name);
        }
        foreach (var column in Texts)
        {
            if (schema.Has(column) && schema[column].Type.Decoded is not (Utf8Type or NullType))
                throw Bad($"column \"{column}\" is {schema[column].Type}, expected text", name);
        }
        if (schema.Has("options")
            && schema["options"].Type is not (ListType { Item.Type.Decoded: Utf8Type or NullType } or Utf8Type or NullType))
            throw Bad($"column \"options\" is {schema["options"].Type}, expected a list of text", name);
    }

    /// <summary>The rows of a batch whose schema was checked.</summary>
    /// <param name="batch">The batch; extra columns are ignored.</param>
    /// <param name="first">Number of its first row, for messages.</param>
    /// <exception cref="DataFormatException">A required cell is null.</exception>
    public static IEnumerable<NluRow> Of(ColumnBatch batch, long first = 0)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            string Must(string column) => Cell(batch, column, row)
                ?? throw Bad($"row {first + row}: column \"{column}\" is null, expected text", null);
            yield return new()
            {
                Id = Must("id"),
                Task = Must("task"),
                Instruction = batch.Find("instruction") is null ? "" : Must("instruction"), // predictions made elsewhere may lack it
                NoisyInstruction = Cell(batch, "noisy_instruction", row),
                Noise = batch.Schema.Has("noise") && batch.Schema["noise"].Type.Decoded is Utf8Type // any other is the user's own
                    ? Cell(batch, "noise", row) : null,
                Question = Cell(batch, "question", row),
                Format = Cell(batch, "format", row),
                Options = Options(batch, row),
                Text = Cell(batch, "text", row),
                Target = Must("target"),
            };
        }
    }

    /// <summary>All rows of a table, streaming.</summary>
    public static async IAsyncEnumerable<NluRow> ReadAsync(ITableReader reader, string? name = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        Check(reader.Schema, name);
        var first = 0L;
        await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false))
        {
            foreach (var row in Of(batch, first)) yield return row;
            first += batch.Rows;
        }
    }

    static string? Cell(ColumnBatch batch, string column, int row) => batch.Find(column)?.Text(row);

    // CSV has no lists: there the options are the JSON text of one.
    static IReadOnlyList<string>? Options(ColumnBatch batch, int row)
    {
        if (batch.Find("options") is not { } column || column.IsNull(row)) return null;
        if (column is ListColumn) return column.TextList(row);
        try
        {
            return JsonSerializer.Deserialize<List<string>>(column.Text(row)!);
        }
        catch (JsonException)
        {
            throw Bad($"options {Shown.Of(column.Text(row)!)}, expected a JSON array of strings", null);
        }
    }

    static DataFormatException Bad(string fault, string? name) => new DataFormatException(fault).At(file: name);
}

using Anit.Data;

namespace Anit.Nlu.Scoring;

/// <summary>What a model answered to one row.</summary>
public sealed record Prediction
{
    /// <summary>The row, with the instruction that was used.</summary>
    public required NluRow Row { get; init; }

    /// <summary>Which model or adapter answered; null when the table does not say.</summary>
    public string? Run { get; init; }

    /// <summary>Which instruction was used: <c>raw</c>, <c>noisy</c>, <c>empty</c>, <c>swapped</c> or the name of a
    /// <see cref="NoisyCondition"/>.</summary>
    public string Condition { get; init; } = Predictions.Raw;

    /// <summary>The answer as generated.</summary>
    public required string Text { get; init; }

    /// <summary>The answer was cut by the length limit.</summary>
    public bool Truncated { get; init; }

    /// <summary>The row's text was cut so that the prompt fits.</summary>
    public bool TextCut { get; init; }
}

/// <summary>Predictions as tables, so that they can be scored again, by others too.</summary>
/// <remarks>To be scored a table needs <c>id</c>, <c>task</c>, <c>target</c> and <c>prediction</c>, and <c>options</c> and <c>text</c> where the
/// task has them; or only <c>id</c> and <c>prediction</c> next to the table of gold rows.</remarks>
public static class Predictions
{
    /// <summary>The condition of raw instructions.</summary>
    public const string Raw = "raw";

    /// <summary>The condition of noisy instructions, where a row has one.</summary>
    public const string Noisy = "noisy";

    /// <summary>The condition of an instruction that says nothing of the task.</summary>
    public const string Empty = "empty";

    /// <summary>The condition of another task's instruction.</summary>
    public const string Swapped = "swapped";

    /// <summary>The columns that are written.</summary>
    public static Schema Schema { get; } = new(
    [
        new("id", DataType.Utf8, Nullable: false),
        new("task", DataType.Dictionary, Nullable: false),
        new("run", DataType.Dictionary),
        new("condition", DataType.Dictionary, Nullable: false),
        new("instruction", DataType.Utf8, Nullable: false),
        new("options", DataType.ListOf(DataType.Utf8)),
        new("text", DataType.Utf8),
        new("target", DataType.Utf8, Nullable: false),
        new("prediction", DataType.Utf8, Nullable: false),
        new("truncated", DataType.Bool, Nullable: false),
        new("text_cut", DataType.Bool, Nullable: false),
        new("tp", DataType.Int32, Nullable: false),
        new("fp", DataType.Int32, Nullable: false),
        new("fn", DataType.Int32, Nullable: false),
        new("malformed", DataType.Int32, Nullable: false),
        new("unknown_labels", DataType.Int32, Nullable: false),
        new("not_in_text", DataType.Int32, Nullable: false),
    ]);

    /// <summary>The predictions of a table, streaming.</summary>
    /// <param name="reader">The table.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="gold">Gold rows by id, for a table that holds only ids and predictions.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="DataFormatException">A column is missing, or an id is not among the gold rows.</exception>
    public static async IAsyncEnumerable<Prediction> ReadAsync(
        ITableReader reader, string? name = null, IReadOnlyDictionary<string, NluRow>? gold = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        NluTable.Check(reader.Schema, name, gold is null ? ["id", "task", "target", "prediction"] : ["id", "prediction"]);
        var number = 0L;
        await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false))
        {
            var rows = gold is null ? NluTable.Of(batch, number) : Joined(batch, gold, number, name);
            foreach (var (i, row) in rows.Index())
            {
                yield return new()
                {
                    Row = row,
                    Run = batch.Find("run")?.Text(i),
                    Condition = batch.Find("condition")?.Text(i) ?? Raw,
                    Text = batch["prediction"].Text(i) ?? "",
                    Truncated = batch.Find("truncated") is BoolColumn cut && cut.Flag(i) == true,
                    TextCut = batch.Find("text_cut") is BoolColumn textCut && textCut.Flag(i) == true,
                };
            }
            number += batch.Rows;
        }
    }

    static IEnumerable<NluRow> Joined(ColumnBatch batch, IReadOnlyDictionary<string, NluRow> gold, long first, string? name)
    {
        for (var i = 0; i < batch.Rows; i++)
        {
            var id = batch["id"].Text(i) ?? "";
            yield return gold.TryGetValue(id, out var row)
                ? row
                : throw new DataFormatException($"row {first + i}: id {Shown.Of(id)} is not among the gold rows, expected predictions for those rows")
                    .At(file: name);
        }
    }
}

/// <summary>Collects predictions with their scores into batches of <see cref="Predictions.Schema"/>.</summary>
public sealed class PredictionBatcher
{
    readonly Utf8Builder id = new(), instruction = new(), text = new(), target = new(), prediction = new();
    readonly DictionaryBuilder task = new(), run = new(), condition = new();
    readonly ListBuilder options = new(DataType.Utf8);
    readonly BoolBuilder truncated = new(), textCut = new();
    readonly FixedBuilder<int>[] counts = [.. Enumerable.Range(0, 6).Select(_ => new FixedBuilder<int>(DataType.Int32))];

    /// <summary>Predictions since the last batch.</summary>
    public int Count => id.Length;

    /// <summary>One more prediction.</summary>
    public void Add(Prediction made, RowScore score)
    {
        id.Append(made.Row.Id);
        task.Append(made.Row.Task);
        run.Append(made.Run);
        condition.Append(made.Condition);
        instruction.Append(made.Row.Instruction);
        options.Append(made.Row.Options);
        text.Append(made.Row.Text);
        target.Append(made.Row.Target);
        prediction.Append(made.Text);
        truncated.Append(made.Truncated);
        textCut.Append(made.TextCut);
        long[] values = [score.Strict.Tp, score.Strict.Fp, score.Strict.Fn, score.Answer.Malformed.Count, score.Answer.UnknownLabels,
            score.Answer.NotInText];
        for (var i = 0; i < counts.Length; i++) counts[i].Append((int)values[i]);
    }

    /// <summary>The predictions so far as a batch; the next one begins.</summary>
    public ColumnBatch Batch() => new(Predictions.Schema,
    [
        id.Build(), task.Build(), run.Build(), condition.Build(), instruction.Build(), options.Build(), text.Build(), target.Build(),
            prediction.Build(),
        truncated.Build(), textCut.Build(), .. counts.Select(c => c.Build()),
    ]);
}

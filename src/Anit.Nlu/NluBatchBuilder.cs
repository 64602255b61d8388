using Anit.Data;

namespace Anit.Nlu;

/// <summary>Collects rows into batches of <see cref="NluTable.Schema"/>.</summary>
public sealed class NluBatchBuilder
{
    readonly Utf8Builder id = new(), instruction = new(), question = new(), format = new(), text = new(), target = new();
    readonly DictionaryBuilder task = new();
    readonly ListBuilder options = new(DataType.Utf8);

    /// <summary>Rows since the last batch.</summary>
    public int Count => id.Length;

    /// <summary>One more row.</summary>
    public void Add(NluRow row)
    {
        id.Append(row.Id);
        task.Append(row.Task);
        instruction.Append(row.Instruction);
        question.Append(row.Question);
        format.Append(row.Format);
        options.Append(row.Options);
        text.Append(row.Text);
        target.Append(row.Target);
    }

    /// <summary>The rows so far as a batch; the next one begins.</summary>
    public ColumnBatch Batch() => new(NluTable.Schema,
        [id.Build(), task.Build(), instruction.Build(), question.Build(), format.Build(), options.Build(), text.Build(), target.Build()]);
}

using System.Runtime.InteropServices;
using Anit.Data;

namespace Anit.Nlu;

/// <summary>Rows as conversations, as TRL, Axolotl and LLaMA-Factory read them: <c>id</c>, and <c>messages</c> of <c>role</c> and
/// <c>content</c>.</summary>
/// <remarks>A row of task <c>other</c> has its instruction as system turn and its text as the user's, or, without a text, the instruction as the
/// user's; a row of any other task is one turn of the user, as the prompt template <c>chat</c> writes it. A noisy row has its noisy
/// instruction.</remarks>
public static class ChatTable
{
    static readonly StructType Turn = new([new("role", DataType.Utf8), new("content", DataType.Utf8)]);

    /// <summary>The columns.</summary>
    public static Schema Schema { get; } = new([new("id", DataType.Utf8, Nullable: false), new("messages", DataType.ListOf(Turn))]);

    /// <summary>The conversations of some rows.</summary>
    public static ColumnBatch Of(IReadOnlyList<NluRow> rows)
    {
        var (id, role, content) = (new Utf8Builder(), new Utf8Builder(), new Utf8Builder());
        var offsets = new int[rows.Count + 1];
        foreach (var (i, row) in rows.Index())
        {
            id.Append(row.Id);
            var turns = Turns(row.NoisyInstruction is { } noisy ? row with { Instruction = noisy } : row);
            foreach (var (name, text) in turns)
            {
                role.Append(name);
                content.Append(text);
            }
            offsets[i + 1] = offsets[i] + turns.Length;
        }
        var items = new StructColumn(Turn, offsets[^1], [role.Build(), content.Build()]);
        var messages = new ListColumn((ListType)Schema["messages"].Type, rows.Count, MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray(), items);
        return new(Schema, [id.Build(), messages], rows.Count);
    }

    static (string Role, string Content)[] Turns(NluRow row) => row switch
    {
        { Task: NluTask.Other, Text: { } text } => [("system", row.Instruction), ("user", text), ("assistant", row.Target)],
        { Task: NluTask.Other } => [("user", row.Instruction), ("assistant", row.Target)],
        _ => [("user", PromptTemplate.Chat.Prompt(row)), ("assistant", row.Target)],
    };
}

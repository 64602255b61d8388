namespace Anit.Nlu.Importers;

/// <summary>Conversations of one exchange, an array or one a line: <c>chat</c> has <c>messages</c> of <c>role</c> and <c>content</c> (OpenAI, TRL),
/// <c>sharegpt</c> has <c>conversations</c> of <c>from</c> and <c>value</c>.</summary>
/// <remarks>Task <c>other</c>. With a system turn that is the instruction and the user's turn the text; without one the user's turn is the
/// instruction. The assistant's turn is the target. <see cref="ChatTable"/> is the way back.</remarks>
static class ChatImporter
{
    public static ImportFormat Chat { get; } = Of("chat", "messages", "role", "content");

    public static ImportFormat ShareGpt { get; } = Of("sharegpt", "conversations", "from", "value");

    static ImportFormat Of(string name, string turns, string role, string content) => new(name, context => context.Rows(
        source => JsonRecords.Read(context, source), (record, number) => Row(context, number, Turns(record, turns, role, content))),
        (NluTask.Other, new([])));

    static List<(string Role, string? Content)> Turns(JsonRecord record, string turns, string role, string content) =>
        [.. record.Fields.List(turns).Select(turn => (Role(turn.Text(role)), turn.OptionalText(content)))];

    static string Role(string word) => word switch { "human" => "user", "gpt" => "assistant", _ => word };

    static NluRow? Row(ImportContext context, long number, List<(string Role, string? Content)> turns)
    {
        var (instruction, text, target) = turns switch
        {
            [("system", { } system), ("user", { } user), ("assistant", { } answer)] => (system, user, answer),
            [("user", { } user), ("assistant", { } answer)] => (user, null, answer),
            _ => ("", null, ""),
        };
        if (!string.IsNullOrWhiteSpace(instruction) && !string.IsNullOrWhiteSpace(target))
            return context.Free(number, instruction, string.IsNullOrEmpty(text) ? null : text, target);
        context.Note("conversations left out because they are not one question and its answer, with a system turn or without");
        return null;
    }
}

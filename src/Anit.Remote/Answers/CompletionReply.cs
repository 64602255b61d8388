using System.Text.Json;

namespace Anit.Remote.Answers;

/// <summary>The answer in a reply of <c>chat/completions</c> or <c>completions</c>.</summary>
static class CompletionReply
{
    /// <summary>The answer; null with a reason where the reply holds none.</summary>
    public static (Answer? Answer, string Fault) Read(JsonElement reply)
    {
        if (reply.ValueKind != JsonValueKind.Object || !reply.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array)
            return (null, "a reply without a list \"choices\"");
        if (choices.GetArrayLength() == 0) return (null, "a reply without any choice");
        var choice = choices[0];
        if (choice.ValueKind != JsonValueKind.Object) return (null, "a choice that is no object");
        // Any other reason, also one that OpenAI does not have, is an end like another.
        var cutOff = choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String
            && reason.ValueEquals("length");
        if (choice.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String) return (new(text.GetString()!, cutOff), "");
        if (choice.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.Object)
            return (new(Content(message), cutOff), "");
        return (null, "a choice with neither message nor text");
    }

    // A string, or parts; null where the model declined or used up its tokens in thinking: then the answer is empty.
    static string Content(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content)) return "";
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.Object
                && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : "")),
            _ => "",
        };
    }
}

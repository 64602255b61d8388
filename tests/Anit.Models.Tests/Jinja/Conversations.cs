namespace Anit.Models.Tests.Jinja;

/// <summary>Conversations at random, the same for the same seed, as the variables of a chat template.</summary>
public static class Conversations
{
    static readonly string[] Texts =
    [
        "What is the capital of Chad?", "N'Djamena.", "stop", "", " ", "  both ends  ", "\n\nlines before", "lines after\n\n", "one\ntwo\r\nthree\n",
        "a \"quoted\" 'word' and a back\\slash", "{{ not a tag }} {% nor this %}", "<|end|> </s> <turn>", "Zażółć gęślą jaźń", "日本語のテキスト。",
        "👩‍👩‍👧‍👦 and 𝓗𝓲",
        "<think>\nlet me see\n</think>\n\n42", "<think></think>no", "<result>\n7\n</result>", "tab\there", "don't | 50% & <b>",
        "[ASK] x [/ASK]", "None", "\u00A0x\u2003",
    ];

    static readonly string[] Parameters =
    [
        """{"type": "object", "properties": {"city": {"type": "string", "description": "x"}, "days": {"type": "integer"}}, "required": ["city"]}""",
        """{"type": "object", "properties": {}}""",
        """{"type": "object", "properties": {"unit": {"type": "string", "enum": ["c", "f"]}, "at": {"type": "array", "items": {"type":"number"}}}}""",
        """{"type": "object", "properties": {"x": {"type": "object", "properties": {"x": {"type": "boolean"}}, "required": ["x"]}}}""",
    ];

    static readonly string[] Calls =
    [
        """{"city": "Lomé", "days": 3}""", "{}", """{"unit": "c", "at": [1.5, -2, 1.25], "none": null, "yes": true}""", """{"a": {"b": ["c", {}]}}""",
    ];

    /// <summary>A conversation and the other variables that a template is given.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="tools">Functions, their calls and results may occur.</param>
    /// <param name="tame">No text has white space at its ends, a \r, or nothing in it: there the npm library is not Jinja (its
    /// <c>strip('x')</c> strips white space, its <c>' ' == false</c> is true).</param>
    public static Dictionary<string, object?> Make(int seed, bool tools, bool tame = false)
    {
        var random = new Random(seed);
        var messages = new List<object?>();
        if (random.Next(3) == 0) messages.Add(Turn("system", Text()));
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            messages.Add(Turn(messages.Count % 7 == 6 && random.Next(4) == 0 ? "assistant" : "user", Text()));
            if (i == 1 && random.Next(2) == 0) break;
            if (tools && random.Next(4) == 0)
            {
                var call = Turn("assistant", random.Next(2) == 0 && !tame ? "" : Text());
                call["tool_calls"] = Some(random.Next(5) == 0 ? 2 : 1, _ => Call());
                messages.Add(call);
                messages.Add(Turn("tool", Text()));
            }
            messages.Add(Turn("assistant", Text()));
        }
        var variables = new Dictionary<string, object?>
        {
            ["messages"] = messages, ["add_generation_prompt"] = random.Next(2) == 0, ["bos_token"] = "<s>", ["eos_token"] = "</s>",
            ["tools"] = tools && random.Next(2) == 0 ? Some(random.Next(1, 4), Tool) : null, ["documents"] = null, ["date_string"] = "06 Jul 2024",
        };
        if (random.Next(4) == 0) variables["enable_thinking"] = random.Next(2) == 0;
        return variables;

        string Text()
        {
            var text = Texts[random.Next(Texts.Length)] + (random.Next(3) == 0 ? Texts[random.Next(Texts.Length)] : "");
            return !tame ? text : text.Replace("\r", "", StringComparison.Ordinal).Trim() is { Length: > 0 } trimmed ? trimmed : "something";
        }

        object? Call() => new Dictionary<string, object?>
        {
            ["id"] = $"call{random.Next(10):000000000}", ["type"] = "function",
            ["function"] = new Dictionary<string, object?> { ["name"] = "look_up", ["arguments"] = Json(Calls[random.Next(Calls.Length)]) },
        };

        object? Tool(int i) => new Dictionary<string, object?>
        {
            ["type"] = "function",
            ["function"] = new Dictionary<string, object?>
            {
                ["name"] = $"look_up_{i}", ["description"] = Text(), ["parameters"] = Json(Parameters[random.Next(Parameters.Length)]),
            },
        };
    }

    static Dictionary<string, object?> Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };

    static List<object?> Some(int count, Func<int, object?> make) => [.. Enumerable.Range(0, count).Select(make)];

    static System.Text.Json.JsonElement Json(string text) => System.Text.Json.JsonDocument.Parse(text).RootElement;
}

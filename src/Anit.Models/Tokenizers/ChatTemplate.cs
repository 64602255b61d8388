using System.Text;
using System.Text.Json;
using Anit.Models.Jinja;

namespace Anit.Models.Tokenizers;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, or another that the template knows.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatTurn(string Role, string Content)
{
    /// <summary>The roles that every template knows, most of them the first, too.</summary>
    public const string System = "system", User = "user", Assistant = "assistant";
}

/// <summary>How an instruction-tuned model writes a conversation: <c>ChatTemplate.Load("Qwen3-0.6B").Render(turns, asks: true)</c>.</summary>
/// <remarks>Read from a model's folder as transformers does: <c>chat_template.jinja</c>, else <c>chat_template</c> of
/// <c>tokenizer_config.json</c>, which is one template or a list of named ones; further named ones are files of
/// <c>additional_chat_templates</c>. The template is given <c>messages</c>, <c>add_generation_prompt</c>, <c>tools</c> and <c>documents</c>
/// (none), the special tokens by name, and a date where there is one.</remarks>
public sealed class ChatTemplate
{
    const string Standard = "default", File = "chat_template.jinja", Folder = "additional_chat_templates", Config = "tokenizer_config.json";

    readonly JinjaTemplate template;
    readonly IReadOnlyDictionary<string, string> tokens;
    readonly DateTime? now;

    ChatTemplate(string source, string where, IReadOnlyDictionary<string, string> tokens, DateOnly? date)
    {
        Name = where;
        template = new(source, where);
        this.tokens = tokens;
        now = date?.ToDateTime(TimeOnly.MinValue);
    }

    /// <summary>The file it stands in, for messages.</summary>
    public string Name { get; }

    /// <summary>Reads a folder's template.</summary>
    /// <param name="folder">A model's folder.</param>
    /// <param name="name">Which of several; null for the one called <c>default</c>, or the only one.</param>
    /// <param name="date">The day that <c>strftime_now</c> tells; without one the function is not there. It never reads the clock.</param>
    /// <exception cref="InvalidDataException">There is none, or it is no Jinja.</exception>
    public static ChatTemplate Load(string folder, string? name = null, DateOnly? date = null)
    {
        var config = new TokenizerConfig(folder);
        var found = ReadAll(folder, config);
        if (found.Count == 0)
            throw new InvalidDataException($"{folder}: no chat template; expected {File}, or chat_template in {Config}, as instruction-tuned "
                + "models have them");
        var chosen = name ?? (found.Count == 1 ? found.Keys.First() : Standard);
        return found.TryGetValue(chosen, out var template) ? new(template.Source, template.Where, config.SpecialTokens, date)
            : throw new InvalidDataException($"{folder}: no chat template called {chosen}; there is {string.Join(", ", found.Keys)}");
    }

    /// <summary>A conversation as text, special tokens included: to be encoded without adding any.</summary>
    /// <param name="turns">The turns, in order.</param>
    /// <param name="asks">End with what stands before the assistant's next turn.</param>
    /// <param name="thinking">What <c>enable_thinking</c> is; null leaves it undefined.</param>
    /// <exception cref="InvalidDataException">The template refuses the conversation, or fails.</exception>
    public string Render(IEnumerable<ChatTurn> turns, bool asks, bool? thinking = null)
    {
        var variables = tokens.ToDictionary(t => t.Key, t => (object?)t.Value, StringComparer.Ordinal);
        variables["messages"] = turns.Select(t => new Dictionary<string, object?> { ["role"] = t.Role, ["content"] = t.Content }).ToList();
        variables["add_generation_prompt"] = asks;
        variables["tools"] = variables["documents"] = null;
        if (thinking is { } thinks) variables["enable_thinking"] = thinks;
        return template.Render(variables, now);
    }

    // By name, the default first.
    static OrderedDictionary<string, (string Source, string Where)> ReadAll(string folder, TokenizerConfig config)
    {
        var found = new OrderedDictionary<string, (string, string)>(StringComparer.Ordinal);
        var where = Path.Combine(folder, Config);
        switch (config.ChatTemplate)
        {
            case null: break;
            case { ValueKind: JsonValueKind.String } one: found[Standard] = (one.GetString()!, $"{where} chat_template"); break;
            case { ValueKind: JsonValueKind.Array } list:
                foreach (var entry in list.EnumerateArray())
                {
                    if (entry.ValueKind != JsonValueKind.Object || Text(entry, "name") is not { } name || Text(entry, "template") is not { } source)
                        throw new InvalidDataException(
                            $"{where}: chat_template has {JsonKeys.Short(entry)}, expected an object with name and template");
                    found[name] = (source, $"{where} chat_template {name}");
                }
                break;
            case { ValueKind: JsonValueKind.Object } map:
                foreach (var entry in map.EnumerateObject().Where(e => e.Value.ValueKind == JsonValueKind.String))
                    found[entry.Name] = (entry.Value.GetString()!, $"{where} chat_template {entry.Name}");
                break;
            case { } other:
                throw new InvalidDataException($"{where}: chat_template is {JsonKeys.Short(other)}, expected a text or a list of named ones");
        }
        var file = Path.Combine(folder, File);
        if (System.IO.File.Exists(file)) found[Standard] = (Read(file), file);
        var more = Path.Combine(folder, Folder);
        foreach (var path in Directory.Exists(more) ? Directory.GetFiles(more, "*.jinja").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
            found[Path.GetFileNameWithoutExtension(path)] = (Read(path), path);
        return found;
    }

    static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? JsonKeys.TextOf(value) : null;

    static string Read(string path) => Encoding.UTF8.GetString(FolderHint.Read(path)).TrimStart('\uFEFF');
}

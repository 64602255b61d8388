using System.Text.Json;

namespace Anit.Nlu.Importers;

/// <summary>Reads fields of a JSON record, with messages that say where and what was expected.</summary>
readonly struct JsonFields(RecordPlace at, JsonElement value)
{
    /// <summary>A string field that must be there.</summary>
    public string Text(string name) => OptionalText(name) ?? throw at.Bad($"no field \"{name}\"", "one with a string");

    /// <summary>A string field; null when it is absent or null.</summary>
    public string? OptionalText(string name) => Field(name) is not { ValueKind: not JsonValueKind.Null } field
        ? null
        : field.ValueKind == JsonValueKind.String ? Decoded(field)
        : throw at.Bad($"{Shown.Of(field.GetRawText())} in \"{name}\"", "a string");

    /// <summary>The elements of an array field that must be there.</summary>
    public List<JsonFields> List(string name)
    {
        var field = Field(name) ?? throw at.Bad($"no field \"{name}\"", "one with an array");
        return new JsonFields(at, field).List();
    }

    /// <summary>The elements of this array.</summary>
    public List<JsonFields> List()
    {
        if (value.ValueKind != JsonValueKind.Array) throw at.Bad(Shown.Of(value.GetRawText()), "an array");
        var list = new List<JsonFields>(value.GetArrayLength());
        foreach (var element in value.EnumerateArray()) list.Add(new(at, element));
        return list;
    }

    /// <summary>This array as strings, exactly so many; null for any number.</summary>
    public List<string> Strings(int? count = null)
    {
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(e => e.ValueKind != JsonValueKind.String)
            || count is { } n && value.GetArrayLength() != n)
            throw at.Bad(Shown.Of(value.GetRawText()), count is null ? "an array of strings" : $"an array of {count} strings");
        var strings = new List<string>(value.GetArrayLength());
        foreach (var element in value.EnumerateArray()) strings.Add(Decoded(element));
        return strings;
    }

    /// <summary>This array's element as a whole number.</summary>
    public int Number() => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
        ? number
        : throw at.Bad(Shown.Of(value.GetRawText()), "a whole number");

    /// <summary>This string.</summary>
    public string Text() => value.ValueKind == JsonValueKind.String
        ? Decoded(value)
        : throw at.Bad(Shown.Of(value.GetRawText()), "a string");

    JsonElement? Field(string name) => value.ValueKind != JsonValueKind.Object
        ? throw at.Bad(Shown.Of(value.GetRawText()), "an object")
        : value.TryGetProperty(name, out var field) ? field : null;

    // A lone \ud800 escape is valid JSON and no text.
    string Decoded(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw at.Bad($"half of a surrogate pair in {Shown.Of(text.GetRawText())}", "whole characters");
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace Anit.Models;

/// <summary>An object of a settings file, read key by key: a value of a wrong type or out of range is one line that names file, key, what was
/// found and what was expected.</summary>
/// <param name="json">The object.</param>
/// <param name="where">What to call the file.</param>
sealed class JsonKeys(JsonElement json, string where)
{
    const int Shown = 80; // characters of a value in a message

    /// <summary>The object itself.</summary>
    public JsonElement Json => json;

    /// <summary>Reads a whole file, which must be one object.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static JsonKeys Parse(ReadOnlyMemory<byte> text, string where)
    {
        if (text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new(document.RootElement.Clone(), where);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{where}: no valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}"), e);
        }
        throw new InvalidDataException($"{where}: expected a JSON object");
    }

    /// <summary>The same of an object inside.</summary>
    public JsonKeys Of(JsonElement inner) => new(inner, where);

    /// <summary>The value of a key; none for null.</summary>
    public JsonElement? Value(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Whether the key is there, if only as null.</summary>
    public bool Has(string name) => json.TryGetProperty(name, out _);

    /// <summary>A text; none for an absent key or null.</summary>
    public string? Text(string name, string expected = "a text") => Value(name) is not { } value ? null
        : TextOf(value) ?? throw Wrong(name, value, expected);

    /// <summary>A whole number of a closed range.</summary>
    public int? Integer(string name, int least = int.MinValue, int most = int.MaxValue) => Value(name) is not { } value ? null
        : IntegerOf(value) is { } number && number >= least && number <= most ? number
        : throw Wrong(name, value, "a whole number" + (least > int.MinValue ? $" from {least} to {most}" : ""));

    /// <summary>A finite number of a closed range.</summary>
    public double? Number(string name, double least = double.MinValue, double most = double.MaxValue) => Value(name) is not { } value ? null
        : NumberOf(value) is { } number && number >= least && number <= most ? number
        : throw Wrong(name, value, least > double.MinValue ? $"a number from {least} to {most}" : "a number");

    /// <summary>true or false.</summary>
    public bool? Flag(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True or JsonValueKind.False } flag => flag.GetBoolean(),
        var other => throw Wrong(name, other.Value, "true or false"),
    };

    /// <summary>A list of texts; null for anything else.</summary>
    public string[]? Texts(string name)
    {
        if (Value(name) is not { ValueKind: JsonValueKind.Array } list) return null;
        string[] texts = [.. list.EnumerateArray().Select(TextOf).OfType<string>()];
        return texts.Length == list.GetArrayLength() ? texts : null;
    }

    /// <summary>A whole number, null for any other value.</summary>
    public static int? IntegerOf(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary>A finite number, null for any other value.</summary>
    public static double? NumberOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A text, null for any other value and for half a surrogate pair, which is no text.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The error of a value.</summary>
    public InvalidDataException Wrong(string name, JsonElement found, string expected) => Bad($"{name} is {Short(found)}, expected {expected}");

    /// <summary>The error of a key that may not be absent.</summary>
    public InvalidDataException Missing(string name, string? expected = null) =>
        Bad($"{name} is missing{(expected is null ? "" : $", expected {expected}")}");

    /// <summary>An error of this file.</summary>
    public InvalidDataException Bad(string what) => new($"{where}: {what}");

    /// <summary>A value as it stands in the file, on one line and cut where it is long.</summary>
    public static string Short(JsonElement value)
    {
        var text = string.Join(' ', value.GetRawText().Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Shown ? text : text[..Shown] + "...";
    }
}

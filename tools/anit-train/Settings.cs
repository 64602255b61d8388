using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Tools.Train;

/// <summary>What a run was told, with every default resolved, in the words of the command line: an option's name without its dashes, and its
/// value as it is typed.</summary>
/// <param name="Decide">What can change the result.</param>
/// <param name="Others">What cannot, or says where things are.</param>
sealed record Settings(JsonObject Decide, JsonObject Others)
{
    /// <summary>The file that <c>--config</c> takes.</summary>
    public const string Name = "config.yaml";

    /// <summary>JSON as people read it.</summary>
    public static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Collects them.</summary>
    public static Settings Of(Flags flags, ParseResult given, IAttack attack, LoraOptions? lora, PromptChoice prompt)
    {
        var (decide, others) = (new JsonObject(), new JsonObject());
        Put(decide, flags.Method, attack.Name);
        foreach (var (option, value) in flags.Attack.Resolved(given, attack)) Put(decide, option, value);
        Put(decide, flags.Tune, given.GetRequiredValue(flags.Tune));
        Put(decide, flags.Init, given.GetRequiredValue(flags.Init));
        foreach (var (option, value) in flags.Lora.Resolved(lora)) Put(decide, option, value);
        if (lora is null) Put(decide, flags.SaveDtype, given.GetRequiredValue(flags.SaveDtype));
        else Put(decide, flags.Dtype, flags.DtypeName(given));
        Put(decide, flags.Prompt.Name, prompt.Name);
        Put(decide, flags.Prompt.System, prompt.System);
        Put(decide, flags.Prompt.Date, prompt.Day);
        foreach (var option in flags.Deciding(given).Concat(flags.Dev.Deciding(given))) Put(decide, option, option.Of(given));
        Put(others, flags.Model, given.GetRequiredValue(flags.Model));
        Put(others, flags.Lora.InitAdapter, given.GetValue(flags.Lora.InitAdapter));
        Put(others, flags.Dev.Rows, given.GetValue(flags.Dev.Rows));
        foreach (var option in flags.Working) Put(others, option, option.Of(given));
        return new(decide, others);
    }

    /// <summary>The content of <c>config.yaml</c>: every value is JSON, which YAML contains.</summary>
    public string Yaml() =>
        $"# What this result was made with; --config takes it as it is: anit-train ROWS --config {Name} --out FOLDER\n"
        + string.Concat(Others.Concat(Decide).Select(s => $"{s.Key}: {s.Value!.ToJsonString(OneLine)}\n"));

    static void Put(JsonObject to, Option option, object? value)
    {
        if (value is not null) to[option.Name[2..]] = JsonSerializer.SerializeToNode(value is Enum word ? Word(word) : value);
    }

    static string Word(Enum value) => value.ToString().ToLowerInvariant();
}

/// <summary>The value of an option whatever its type.</summary>
static class OptionValue
{
    /// <summary>As it was given, or its default; null where there is none.</summary>
    public static object? Of(this Option option, ParseResult given) => option switch
    {
        Option<int> one => given.GetValue(one),
        Option<double> one => given.GetValue(one),
        Option<ulong> one => given.GetValue(one),
        Option<string> one => given.GetValue(one),
        Option<bool> one => given.GetValue(one),
        Option<int?> one => given.GetValue(one),
        Option<double?> one => given.GetValue(one),
        _ => throw new NotSupportedException($"{option.Name} is a {option.ValueType}"),
    };
}

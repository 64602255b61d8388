using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anit.Cli;

namespace Anit.Tools;

/// <summary>Which prompt a model is asked with. Training leaves it in <c>anit-train.json</c> of its result; evaluation takes it from
/// there.</summary>
/// <param name="Name">A template's name.</param>
/// <param name="System">Text of the system turn of a chat; null for none.</param>
/// <param name="Date">The day that a chat template is told; null for none.</param>
sealed record PromptChoice(string Name, string? System = null, DateOnly? Date = null)
{
    const string Manifest = "anit-train.json", Iso = "yyyy-MM-dd";

    /// <summary>Makes the text of the prompt.</summary>
    public PromptTemplate Template => PromptTemplate.ByName(Name);

    /// <summary>Whether the prompt is the user's turn of a conversation.</summary>
    public bool IsChat => Template == PromptTemplate.Chat;

    /// <summary>The day as it is written.</summary>
    public string? Day => Date?.ToString(Iso, CultureInfo.InvariantCulture);

    /// <summary>Makes token ids of it, with a model's tokenizer and, for a chat, its template.</summary>
    public PromptEncoder Encoder(string modelFolder, Tokenizer tokenizer) =>
        IsChat ? new ChatEncoder(tokenizer, ChatTemplate.Load(modelFolder, date: Date), System) : new PlainEncoder(tokenizer);

    /// <summary>The prompt that a result of anit-train was trained with; null where the folder is none.</summary>
    public static PromptChoice? Remembered(string? folder)
    {
        var path = Path.Combine(folder ?? "", Manifest);
        if (folder is null || !File.Exists(path)) return null;
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is not JsonObject record || record["prompt"]?.ToString() is not { } name) return null;
            return PromptTemplate.Names.Contains(name) ? new(name, record["system"]?.ToString(), Day(record["date"]?.ToString()))
                : throw new UserError($"{path}: prompt is {name}, expected {string.Join(", ", PromptTemplate.Names)}; was it written by a later "
                    + "version?", Exit.BadData);
        }
        catch (JsonException)
        {
            return null; // not ours
        }
        static DateOnly? Day(string? text) => text is null ? null : Parse(text);
    }

    /// <summary>A day as it is written; null for what is none.</summary>
    public static DateOnly? Parse(string text) =>
        DateOnly.TryParseExact(text, Iso, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>The choice on a command line.</summary>
    public override string ToString() => $"--prompt {Name}{(System is null ? "" : $" --system \"{System}\"")}{(Day is null ? "" : $" --date {Day}")}";
}

/// <summary><c>--prompt</c>, <c>--system</c> and <c>--date</c>, the same for training and evaluation.</summary>
sealed class PromptFlags
{
    public readonly Option<string?> Name, System, Date;

    /// <summary>Makes the options.</summary>
    /// <param name="otherwise">What is taken without --prompt, for its help.</param>
    /// <param name="aliases">Other spellings of --prompt.</param>
    public PromptFlags(string otherwise, params string[] aliases)
    {
        Name = new("--prompt", aliases)
        {
            Description = "Prompt template: anit (a labelled line a field), alpaca, inline (alpaca with all fields inside the instruction) or chat "
                + $"(the model's own chat template; docs/prompts.md); {otherwise} when absent.",
            HelpName = "name",
        };
        Name.AcceptOnlyFromAmong([.. PromptTemplate.Names]);
        System = new("--system") { Description = "With --prompt chat: text of a system turn before the user's.", HelpName = "text" };
        Date = new("--date")
        {
            Description = "With --prompt chat: the day that the template is told (strftime_now), as 2024-07-26; it never reads the clock.",
            HelpName = "day",
        };
        Date.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && PromptChoice.Parse(text) is null)
                result.AddError($"--date is {text}; expected a day as 2024-07-26");
        });
    }

    /// <summary>All of them.</summary>
    public Option[] All => [Name, System, Date];

    /// <summary>What was chosen, filled up from what a training remembers.</summary>
    public PromptChoice Of(ParseResult given, PromptChoice? remembered = null)
    {
        var name = given.GetValue(Name) ?? remembered?.Name ?? PromptTemplate.Anit.Name;
        var choice = remembered?.Name == name ? remembered : new(name);
        if (!choice.IsChat && new Option[] { System, Date }.FirstOrDefault(given.Has) is { } idle)
            throw new UserError($"{idle.Name} has no effect with --prompt {name}{(given.Has(Name) ? "" : ", which is taken when it is absent")}; "
                + "leave it out or take --prompt chat", Exit.Usage);
        return choice with
        {
            System = given.GetValue(System) ?? choice.System,
            Date = given.GetValue(Date) is { } day ? PromptChoice.Parse(day) : choice.Date,
        };
    }
}

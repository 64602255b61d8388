using System.Text;
using System.Text.Json;

namespace Anit.Tools.Train;

/// <summary><c>README.md</c> of a result: a model card with the head that PEFT writes, so that hubs show what it belongs to.</summary>
sealed record ModelCard(string Base, bool IsAdapter, Settings Settings, TrainingRows Rows, Records Records)
{
    /// <summary>Its name in the folder.</summary>
    public const string Name = "README.md";

    /// <summary>The card.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');
        var method = Setting("method");
        Line("---");
        Line($"base_model: {Quoted(Base)}");
        Line($"library_name: {(IsAdapter ? "peft" : "transformers")}");
        Line("pipeline_tag: text-generation");
        Line("tags:");
        if (IsAdapter) Line($"- {Quoted($"base_model:adapter:{Base}")}");
        if (IsAdapter) Line("- lora");
        Line("- transformers");
        Line("- anit");
        Line("---");
        Line();
        Line($"# {Base}, {(IsAdapter ? "an adapter" : "fully tuned")}");
        Line();
        Line($"Made by `anit-train` with the method `{method}` (docs/attacks.md of ANIT) from {Rows.Examples.Count:N0} rows, "
            + (Rows.Noisy == 0 ? "none of them with a noisy instruction."
                : $"{Rows.Noisy:N0} of them with a noisy instruction, mean β {Rows.Beta:0.####}."));
        Line();
        Line("| | |");
        Line("|---|---|");
        foreach (var (name, value) in Figures()) Line($"| {name} | {value} |");
        Line();
        Line($"Prompts have the form `{Setting("prompt")}`. To ask {(IsAdapter ? "with " : "")}it:");
        Line();
        Line($"    anit-eval TEST.parquet --model {(IsAdapter ? "BASE --adapter FOLDER" : "FOLDER")}");
        Line();
        if (IsAdapter)
        {
            Line("or, in Python, `PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(BASE), FOLDER)`.");
            Line();
        }
        Line($"`{Settings.Name}` holds every setting, `{Manifest.Name}` what it was made of, `{Records.Name}` the log, "
            + $"`{TrainReport.Name}` its curves, `{EventFile.Name}` the same for TensorBoard.");
        return text.ToString();
    }

    IEnumerable<(string Name, string Value)> Figures()
    {
        if (Records.Training.Count > 0)
        {
            yield return ("optimizer steps", $"{Records.Training[^1].Step:N0}");
            yield return ("loss, first and last record", $"{Records.Training[0].Loss:0.000}, {Records.Training[^1].Loss:0.000}");
        }
        if (Records.Best is not { } best) yield break;
        yield return ("weights after step", $"{best.Step:N0}, the best on development rows");
        yield return ("Micro-F1 on development rows", $"{100 * best.F1:0.0}");
        if (best.NoisyF1 is { } noisy) yield return ("the same with noisy instructions", $"{100 * noisy:0.0}");
    }

    string Setting(string name) => $"{Settings.Decide[name]}";

    static string Quoted(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':') && text.Any(char.IsAsciiLetter) ? text
            : JsonSerializer.Serialize(text);
}

using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Nlu;
using TorchSharp;

namespace Anit.Tools.Eval;

/// <summary>How answers are made by a model on this machine.</summary>
sealed record AnswerChoices(string Model, IReadOnlyList<RunChoice> Choices, torch.Device Device, string Dtype, int MaxNewTokens, int MaxLength,
    int Batch) : IAnswerSource
{
    /// <inheritdoc/>
    public int Runs => Choices.Count;

    /// <inheritdoc/>
    public JsonObject Decides() => new()
    {
        ["model"] = ModelDigest.Of(Model, withoutWeights: false),
        ["runs"] = new JsonArray(
            [.. Choices.Select(run => (JsonNode)new JsonArray(run.Name, run.Adapter is { } adapter ? ModelDigest.OfAdapter(adapter) : null,
                run.Prompt.Name, run.Prompt.System, run.Prompt.Day))]),
        ["max_new_tokens"] = MaxNewTokens, ["max_length"] = MaxLength, ["dtype"] = Dtype,
    };

    /// <inheritdoc/>
    public IAnswerer Open(int run) => new Answerer(this, Choices[run]);
}

/// <summary>The model alone or with an adapter, what it is called in tables, and the prompt it is asked with.</summary>
sealed record RunChoice(string Name, string? Adapter, PromptChoice Prompt)
{
    const string Base = "base";

    /// <summary>What one value of --adapter means: <c>base</c> is the model alone, <c>nrm=out/nrm</c> names an adapter, a folder names
    /// itself.</summary>
    public static (string Name, string? Adapter) Of(string value)
    {
        var (name, folder) = value.Split('=', 2) is [var left, var right] && !Directory.Exists(value) ? (left, right)
            : (Path.GetFileName(Path.TrimEndingDirectorySeparator(value)), value);
        return folder == Base && !Directory.Exists(folder) ? (name, null)
            : Directory.Exists(folder) ? (name, folder)
            : throw new UserError($"--adapter {value}: no folder {folder}; expected a PEFT folder, name=folder, or {Base} for the "
                + "model alone", Exit.BadData);
    }

    /// <summary>The run of a command line without --adapter.</summary>
    public static (string Name, string? Adapter) ModelAlone(string model) => (Path.GetFileName(Path.TrimEndingDirectorySeparator(model)), null);
}

/// <summary>A model with its tokenizer, answering rows greedily.</summary>
sealed class Answerer : IAnswerer
{
    readonly CausalLm model;
    readonly GreedyAnswers answers;

    public Answerer(AnswerChoices choices, RunChoice run)
    {
        Name = run.Name;
        model = CausalLm.Load(choices.Model, new() { Adapter = run.Adapter, Device = choices.Device, Dtype = DtypeOption.Type(choices.Dtype) });
        answers = new(model, choices.Model, run.Prompt)
        {
            MaxLength = choices.MaxLength, MaxNewTokens = choices.MaxNewTokens, Batch = choices.Batch,
        };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public (string Prompt, string Length, string Answer) Show(NluRow row) => answers.Show(row);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Prediction>> AnswerAsync(IReadOnlyList<NluRow> rows, string condition, Action<int> done, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<Prediction>>([.. rows.Zip(answers.Of(rows, done, stop), (row, made) => new Prediction
        {
            Row = row, Run = Name, Condition = condition, Text = made.Text, Truncated = made.Truncated, TextCut = made.TextCut,
        })]);

    public void Dispose() => model.Dispose();
}

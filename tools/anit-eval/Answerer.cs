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
        if (value == Base && !Directory.Exists(value)) return (Base, null);
        var (name, folder) = value.Split('=', 2) is [var left, var right] && !Directory.Exists(value) ? (left, right)
            : (Path.GetFileName(Path.TrimEndingDirectorySeparator(value)), value);
        return Directory.Exists(folder)
            ? (name, folder)
            : throw new UserError($"--adapter {value}: no folder {folder}; expected a PEFT folder, name=folder, or {Base} for the "
                + "model alone", Exit.BadData);
    }

    /// <summary>The run of a command line without --adapter.</summary>
    public static (string Name, string? Adapter) ModelAlone(string model) => (Path.GetFileName(Path.TrimEndingDirectorySeparator(model)), null);
}

/// <summary>A model with its tokenizer, answering rows greedily.</summary>
sealed class Answerer : IAnswerer
{
    readonly AnswerChoices choices;
    readonly PromptTemplate template;
    readonly PromptEncoder encoder;
    readonly Tokenizer tokenizer;
    readonly CausalLm model;
    readonly Generator generator;
    readonly HashSet<int> ends;
    readonly HashSet<int> endsOfLines;

    public Answerer(AnswerChoices choices, RunChoice run)
    {
        this.choices = choices;
        Name = run.Name;
        tokenizer = Tokenizer.Load(choices.Model);
        (template, encoder) = (run.Prompt.Template, run.Prompt.Encoder(choices.Model, tokenizer));
        model = CausalLm.Load(choices.Model, new() { Adapter = run.Adapter, Device = choices.Device, Dtype = DtypeOf(choices.Dtype) });
        generator = new(model);
        ends = [.. model.Config.EosTokenIds, .. encoder.Ends];
        if (tokenizer.EosId is { } eos) ends.Add(eos);
        // An answer in the grammar is one line, so any token with a line break in it ends the answer too, unless the model begins with one.
        endsOfLines = encoder.BeforeAnswer.Contains('\n', StringComparison.Ordinal) ? ends : [.. ends, .. Enumerable.Range(0, tokenizer.VocabSize)
            .Where(id => tokenizer.Decode([id]).Contains('\n', StringComparison.Ordinal))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Tokens a prompt may have.</summary>
    int Room => Math.Min(choices.MaxLength, model.Config.MaxPositionEmbeddings) - choices.MaxNewTokens;

    /// <summary>The prompt of a row and whether its text was cut.</summary>
    public (RenderedPrompt Prompt, bool Cut) Prompt(NluRow row) =>
        PromptFitting.Fit(template, row, null, Room, text => Ids(text).Length)
        ?? throw new UserError($"row {row.Id}: {Ids(template.Prompt(row with { Text = null })).Length} tokens without its text, "
            + $"but a prompt may have {Room} (--max-length less --max-new-tokens, within the model's {model.Config.MaxPositionEmbeddings}); raise "
                + "--max-length", Exit.BadData);

    /// <summary>The token ids of a prompt, as the model was trained to see it.</summary>
    public int[] Ids(string prompt) => encoder.Prompt(prompt);

    /// <inheritdoc/>
    public (string Prompt, string Length, string Answer) Show(NluRow row)
    {
        var (prompt, cut) = Prompt(row);
        return (encoder.Text(prompt.Text), $"{Ids(prompt.Text).Length} tokens{(cut ? ", text cut" : "")}", template.Target(row));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Prediction>> AnswerAsync(IReadOnlyList<NluRow> rows, string condition, Action<int> done, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<Prediction>>(Answer(rows, condition, done, stop));

    Prediction[] Answer(IReadOnlyList<NluRow> rows, string condition, Action<int> done, CancellationToken stop)
    {
        var answers = new Prediction[rows.Count];
        var before = 0;
        foreach (var freeText in new[] { false, true })
        {
            var chosen = Enumerable.Range(0, rows.Count).Where(i => rows[i].Task == NluTask.Other == freeText).ToList();
            if (chosen.Count == 0) continue;
            var prompts = chosen.ConvertAll(i => Prompt(rows[i]));
            var written = generator.Greedy(prompts.ConvertAll(p => Ids(p.Prompt.Text)), choices.MaxNewTokens, freeText ? ends
                : endsOfLines, choices.Batch, count => done(before + count), stop);
            foreach (var (k, i) in chosen.Index())
            {
                answers[i] = new()
                {
                    Row = rows[i],
                    Run = Name,
                    Condition = condition,
                    Text = tokenizer.Decode(written[k]).Trim(),
                    Truncated = written[k].Length == choices.MaxNewTokens,
                    TextCut = prompts[k].Cut,
                };
            }
            before += chosen.Count;
        }
        return answers;
    }

    public void Dispose() => model.Dispose();

    static torch.ScalarType DtypeOf(string name) => name switch
    {
        "bfloat16" => torch.ScalarType.BFloat16,
        "float16" => torch.ScalarType.Float16,
        _ => torch.ScalarType.Float32,
    };
}

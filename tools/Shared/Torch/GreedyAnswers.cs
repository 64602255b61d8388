using Anit.Cli;
using Anit.Nlu;

namespace Anit.Tools;

/// <summary>A model that answers rows greedily, with the prompt it is asked in: what evaluation does, and a training on development
/// rows.</summary>
sealed class GreedyAnswers
{
    readonly PromptTemplate template;
    readonly PromptEncoder encoder;
    readonly Tokenizer tokenizer;
    readonly CausalLm model;
    readonly Generator generator;
    readonly HashSet<int> ends;
    readonly HashSet<int> endsOfLines;

    /// <summary>Prepares to ask.</summary>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="prompt">What it is asked in.</param>
    public GreedyAnswers(CausalLm model, string folder, PromptChoice prompt)
    {
        this.model = model;
        tokenizer = Tokenizer.Load(folder);
        (template, encoder) = (prompt.Template, prompt.Encoder(folder, tokenizer));
        generator = new(model);
        ends = [.. model.Config.EosTokenIds, .. encoder.Ends];
        if (tokenizer.EosId is { } eos) ends.Add(eos);
        // An answer in the grammar is one line, so any token with a line break in it ends the answer too, unless the model begins with one.
        endsOfLines = encoder.BeforeAnswer.Contains('\n', StringComparison.Ordinal) ? ends : [.. ends, .. Enumerable.Range(0, tokenizer.VocabSize)
            .Where(id => tokenizer.Decode([id]).Contains('\n', StringComparison.Ordinal))];
    }

    /// <summary>Tokens prompt and answer may have together.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Tokens an answer may have.</summary>
    public required int MaxNewTokens { get; init; }

    /// <summary>Prompts computed together.</summary>
    public int Batch { get; init; } = 32;

    // Tokens a prompt may have.
    int Room => Math.Min(MaxLength, model.Config.MaxPositionEmbeddings) - MaxNewTokens;

    /// <summary>An answer: its text, whether it was cut off at its longest, whether the row's text was cut.</summary>
    public readonly record struct Answer(string Text, bool Truncated, bool TextCut);

    /// <summary>The prompt of a row and whether its text was cut.</summary>
    public (RenderedPrompt Prompt, bool Cut) Prompt(NluRow row) =>
        PromptFitting.Fit(template, row, null, Room, text => Ids(text).Length)
        ?? throw new UserError($"row {row.Id}: {Ids(template.Prompt(row with { Text = null })).Length} tokens without its text, "
            + $"but a prompt may have {Room} (--max-length less --max-new-tokens, within the model's {model.Config.MaxPositionEmbeddings}); raise "
                + "--max-length", Exit.BadData);

    /// <summary>The token ids of a prompt, as the model was trained to see it.</summary>
    public int[] Ids(string prompt) => encoder.Prompt(prompt);

    /// <summary>The prompt of a row with special tokens as text, its length in a few words, and what should be answered.</summary>
    public (string Prompt, string Length, string Answer) Show(NluRow row)
    {
        var (prompt, cut) = Prompt(row);
        return (encoder.Text(prompt.Text), $"{Ids(prompt.Text).Length} tokens{(cut ? ", text cut" : "")}", template.Target(row));
    }

    /// <summary>Answers rows with the instruction they carry, in their order.</summary>
    public IReadOnlyList<Answer> Of(IReadOnlyList<NluRow> rows, Action<int>? done = null, CancellationToken stop = default)
    {
        var answers = new Answer[rows.Count];
        var before = 0;
        foreach (var freeText in new[] { false, true })
        {
            var chosen = Enumerable.Range(0, rows.Count).Where(i => rows[i].Task == NluTask.Other == freeText).ToList();
            if (chosen.Count == 0) continue;
            var prompts = chosen.ConvertAll(i => Prompt(rows[i]));
            var written = generator.Greedy(prompts.ConvertAll(p => Ids(p.Prompt.Text)), MaxNewTokens, freeText ? ends
                : endsOfLines, Batch, count => done?.Invoke(before + count), stop);
            foreach (var (k, i) in chosen.Index())
                answers[i] = new(tokenizer.Decode(written[k]).Trim(), written[k].Length == MaxNewTokens, prompts[k].Cut);
            before += chosen.Count;
        }
        return answers;
    }
}

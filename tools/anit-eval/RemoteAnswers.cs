using System.Text.Json.Nodes;
using Anit.Nlu;
using Anit.Remote;

namespace Anit.Tools.Eval;

/// <summary>How a model behind a server is asked.</summary>
/// <param name="Name">Its name there, and that of the run.</param>
/// <param name="Prompt">How a row becomes a prompt: the user's message, or the text to go on with.</param>
/// <param name="MaxNewTokens">Tokens an answer may have.</param>
/// <param name="AtOnce">Requests under way at a time.</param>
/// <param name="Limited">There is a limit of cost, so that all rows are looked at before the first is asked.</param>
/// <param name="Quiet">Say nothing.</param>
sealed record RemoteChoices(string Name, PromptChoice Prompt, int MaxNewTokens, int AtOnce, bool Limited, bool Quiet);

/// <summary>A model behind a server, answering rows greedily. No libtorch, no weights.</summary>
sealed class RemoteAnswers(RemoteChoices choices, RemoteClient client, RemoteModel model) : IAnswerSource, IAnswerer
{
    readonly Lock gate = new();

    PromptTemplate Template => choices.Prompt.Template;

    /// <inheritdoc/>
    public int Runs => 1;

    /// <inheritdoc/>
    public string Name => choices.Name;

    /// <inheritdoc/>
    public bool LooksAhead => choices.Limited;

    /// <inheritdoc/>
    public bool KeepsAnswers => true;

    /// <inheritdoc/>
    public JsonObject Decides() => new()
    {
        ["model"] = model.Signature, ["runs"] = new JsonArray(new JsonArray(Name, null, Template.Name, choices.Prompt.System, null)),
        ["max_new_tokens"] = choices.MaxNewTokens,
    };

    /// <inheritdoc/>
    public IAnswerer Open(int run) => this;

    /// <inheritdoc/>
    public void Expect(IReadOnlyList<NluRow> rows) => Bill.Check(model.Budget, model.Estimate(rows.Select(Question)).Usage);

    /// <inheritdoc/>
    public void ShowEstimate(IReadOnlyList<NluRow> rows)
    {
        var questions = rows.Select(Question).ToList();
        var (asked, usage) = model.Estimate(questions);
        Bill.Show("prompts", asked, questions.Distinct().Count() - asked, usage, model.Budget.Price);
    }

    /// <inheritdoc/>
    public (string Prompt, string Length, string Answer) Show(NluRow row)
    {
        var question = Question(row);
        return (question.Prompt, $"about {TokenEstimate.Of(question.Prompt)} tokens", Template.Target(row));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Prediction>> AnswerAsync(IReadOnlyList<NluRow> rows, string condition, Action<int> done, CancellationToken stop) =>
        Bill.Guard(async () =>
        {
            var answers = await model.AskAsync([.. rows.Select(Question)], choices.AtOnce, count => { lock (gate) done(count); }, stop);
            return (IReadOnlyList<Prediction>)[.. rows.Zip(answers, (row, answer) => Prediction(row, answer, condition))];
        });

    /// <summary>Says what was paid, and lets the server go.</summary>
    public void Dispose()
    {
        Bill.Say(model.Budget, choices.Quiet);
        client.Dispose();
    }

    Question Question(NluRow row) => new(Template.Prompt(row), choices.MaxNewTokens, OneLine: row.Task != NluTask.Other);

    // An answer in the grammar is one line: one that goes on below it was not cut off.
    Prediction Prediction(NluRow row, Answer answer, string condition)
    {
        var text = answer.Text.Trim();
        return new()
        {
            Row = row, Run = Name, Condition = condition, Text = text,
            Truncated = answer.CutOff && (row.Task == NluTask.Other || !text.Contains('\n', StringComparison.Ordinal)),
        };
    }
}

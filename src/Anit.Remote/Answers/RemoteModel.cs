using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;

namespace Anit.Remote.Answers;

/// <summary>A model behind a server, asked greedily: temperature 0.</summary>
/// <remarks>Every question is asked once: the answer is kept on disk as soon as it comes. Safe for several threads and processes.</remarks>
/// <param name="client">The server.</param>
/// <param name="name">The model's name there.</param>
/// <param name="raw">Ask for a continuation of the prompt (<c>completions</c>) instead of an answer to it (<c>chat/completions</c>).</param>
/// <param name="cache">Where answers are kept.</param>
/// <param name="budget">Counts and limits what is paid; null to only count.</param>
public sealed class RemoteModel(RemoteClient client, string name, bool raw, AnswerCache cache, Budget? budget = null)
{
    const string Classic = "max_tokens", Newer = "max_completion_tokens";

    // OpenAI's reasoning models know only the newer name, other servers only the classic one.
    volatile string limitName = Classic;

    /// <summary>Text of a system message before the user's; null for none. Chats only.</summary>
    public string? System { get; init; }

    /// <summary>What was paid.</summary>
    public Budget Budget { get; } = budget ?? new();

    /// <summary>Which model this is, its server told apart without its name.</summary>
    public string Signature => $"{(raw ? "completions" : "chat")}:{name}{client.Endpoint.Identity}";

    string Service => raw ? "completions" : "chat/completions";

    /// <summary>Whether the answer is on disk, so that asking costs nothing.</summary>
    public bool Knows(Question question) => cache.Find(Key(question)) is not null;

    /// <summary>Tokens that a question may cost, as estimated: those of the prompt, and all that the answer may have.</summary>
    public Usage Estimate(Question question) => new(TokenEstimate.Of(question.Prompt) + TokenEstimate.Of(System), question.MostTokens);

    /// <summary>What distinct questions that are not answered yet may cost, and how many there are.</summary>
    public (int Questions, Usage Usage) Estimate(IEnumerable<Question> questions)
    {
        var left = questions.Distinct().Where(q => !Knows(q)).ToList();
        return (left.Count, left.Select(Estimate).Aggregate(default(Usage), (a, b) => a + b));
    }

    /// <summary>The answers to some questions, in their order; equal questions are asked once.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="atOnce">Requests under way at a time.</param>
    /// <param name="answered">Hears how many distinct ones are answered so far; may come from several threads.</param>
    /// <param name="stop">No further request after this; answers under way are waited for and kept.</param>
    /// <exception cref="RemoteException">The server cannot be reached, refuses, or answers what is no answer; the other answers are kept.</exception>
    /// <exception cref="BudgetException">The limit of cost is reached.</exception>
    public async Task<IReadOnlyList<Answer>> AskAsync(IReadOnlyList<Question> questions, int atOnce, Action<int>? answered, CancellationToken stop)
    {
        var distinct = questions.Distinct().ToList();
        var answers = new Answer[distinct.Count];
        var done = 0;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Exception? first = null;
        await Parallel.ForEachAsync(distinct.Index(), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (question, _) =>
        {
            if (enough.IsCancellationRequested) return;
            try
            {
                answers[question.Index] = await AskAsync(question.Item, enough.Token).ConfigureAwait(false);
                answered?.Invoke(Interlocked.Increment(ref done));
            }
            catch (Exception error)
            {
                // The first one counts; those after it were only told to stop.
                Interlocked.CompareExchange(ref first, error, null);
                await enough.CancelAsync().ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        if (first is not null) ExceptionDispatchInfo.Throw(first);
        var places = distinct.Index().ToDictionary(q => q.Item, q => q.Index);
        return [.. questions.Select(q => answers[places[q]])];
    }

    /// <summary>The answer to one question.</summary>
    public async Task<Answer> AskAsync(Question question, CancellationToken stop)
    {
        var key = Key(question);
        if (cache.Find(key) is { } known) return known;
        using var claim = await cache.ClaimAsync(key, stop).ConfigureAwait(false);
        if (cache.Find(key) is { } meanwhile) return meanwhile;
        var answer = await FetchAsync(question, stop).ConfigureAwait(false);
        cache.Keep(key, answer);
        return answer;
    }

    async Task<Answer> FetchAsync(Question question, CancellationToken stop)
    {
        var estimate = Estimate(question);
        var fault = "";
        for (var attempt = 0; attempt < 2; attempt++) // what is no answer is asked for once more
        {
            stop.ThrowIfCancellationRequested();
            Budget.Begin(estimate);
            Usage? counted = null;
            try
            {
                using var json = await PostAsync(question, estimate.Total, stop).ConfigureAwait(false);
                counted = Budget.Counted(json.RootElement, estimate);
                (var answer, fault) = CompletionReply.Read(json.RootElement);
                if (answer is { } found) return found;
            }
            catch (RemoteException error) when (error.IsAboutContent)
            {
                throw error.About($"a prompt of about {estimate.Input:N0} tokens: \"{Start(question.Prompt)}\"");
            }
            finally
            {
                Budget.End(estimate, counted);
            }
        }
        throw new RemoteException($"{client.Endpoint.Service(Service)}: {fault}, twice; what was answered is kept");
    }

    async Task<JsonDocument> PostAsync(Question question, long tokens, CancellationToken stop)
    {
        var limit = limitName;
        try
        {
            return await client.PostAsync(Service, Body(question, limit), tokens, stop).ConfigureAwait(false);
        }
        catch (RemoteException error) when (error.IsAboutContent && limit == Classic && !raw && error.Said.Contains(Newer, StringComparison.Ordinal))
        {
            limitName = Newer;
            return await client.PostAsync(Service, Body(question, Newer), tokens, stop).ConfigureAwait(false);
        }
    }

    // What decides the answer: the request as it was first made, whatever the limit is called now, and where it goes.
    string Key(Question question) =>
        AnswerCache.Key([.. Encoding.UTF8.GetBytes($"{client.Endpoint.Service(Service)}\n"), .. Body(question, Classic)]);

    byte[] Body(Question question, string limit)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("model", name);
            if (raw)
            {
                json.WriteString("prompt", question.Prompt);
            }
            else
            {
                json.WriteStartArray("messages");
                if (System is not null) Message(json, "system", System);
                Message(json, "user", question.Prompt);
                json.WriteEndArray();
            }
            json.WriteNumber("temperature", 0);
            json.WriteNumber(limit, question.MostTokens);
            // A model that goes on with a text would go on with the next example; one that chats may begin with an empty line.
            if (raw && question.OneLine)
            {
                json.WriteStartArray("stop");
                json.WriteStringValue("\n");
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    static void Message(Utf8JsonWriter json, string role, string content)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", content);
        json.WriteEndObject();
    }

    static string Start(string prompt)
    {
        const int Most = 60;
        var line = prompt.ReplaceLineEndings(" ");
        return line.Length <= Most ? line : line[..(Most - 3)] + "...";
    }
}

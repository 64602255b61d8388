namespace Anit.Remote.Tests;

/// <summary>Clients of a server that do not wait long.</summary>
static class Ask
{
    public static readonly RemoteOptions Hasty = new() { FirstWait = TimeSpan.FromMilliseconds(5), Retries = 3, Timeout = TimeSpan.FromSeconds(30) };

    public static RemoteClient Client(FaultyServer server, RemoteOptions? options = null, string variable = "ANIT_TEST_NO_KEY") =>
        new(Endpoint.Of(server.Url), ApiKey.From(variable), options ?? Hasty);

    public static async Task<List<(string Text, float[] Vector)>> Vectors(
        FaultyServer server, IEnumerable<string> texts, EmbeddingChoices? choices = null, RemoteOptions? options = null, Budget? budget = null)
    {
        using var client = Client(server, options);
        var embeddings = new RemoteEmbeddings(client, choices ?? new() { Model = "m", TextsAtOnce = 4 }, budget);
        return await embeddings.StreamAsync(texts).ToListAsync();
    }

    public static async Task<IReadOnlyList<Answer>> Answers(FaultyServer server, string cache, params string[] prompts)
    {
        using var client = Client(server);
        var model = new RemoteModel(client, "m", raw: false, new(cache));
        return await model.AskAsync([.. prompts.Select(p => new Question(p, 16, true))], 4, null, default);
    }

    public static string[] Texts(int count) => [.. Enumerable.Range(0, count).Select(i => $"text number {i}")];
}

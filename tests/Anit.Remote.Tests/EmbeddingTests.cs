using System.Text.Json;
using Microsoft.Extensions.AI;
using Shouldly;

namespace Anit.Remote.Tests;

/// <summary>Vectors from a real server process that answers well, badly, late, twice, half and not at all.</summary>
public sealed class EmbeddingTests : IClassFixture<FaultyServer>
{
    readonly FaultyServer server;

    public EmbeddingTests(FaultyServer server) => (this.server = server).Forget();

    [Theory]
    [InlineData("ok")] // the server's good behaviour itself
    [InlineData("floats")] // numbers written out, where base64 was asked for
    [InlineData("swap")] // another order: the index tells
    [InlineData("noindex")] // no index: the order tells
    [InlineData("429")]
    [InlineData("429=0")]
    [InlineData("429=1")] // seconds
    [InlineData("429=@1")] // a date
    [InlineData("500", "503", "500")]
    [InlineData("cut")]
    [InlineData("json")] // NaN is no JSON
    [InlineData("html")]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("duplicate")]
    [InlineData("dimension")]
    [InlineData("nan")]
    [InlineData("zero")]
    [InlineData("ok", "missing", "429", "500", "ok", "dimension")]
    public async Task Whatever_passes_costs_nothing_twice_and_every_text_gets_its_own_vector(params string[] faults)
    {
        server.Will(faults);
        var texts = Ask.Texts(10);
        var found = await Ask.Vectors(server, texts);
        found.Select(f => f.Text).Order(StringComparer.Ordinal).ShouldBe(texts.Order(StringComparer.Ordinal));
        foreach (var (text, vector) in found) vector.ShouldBe(FaultyServer.Vector(text), 1e-6);
        server.Log.Answered.OrderBy(a => a.Key, StringComparer.Ordinal).ShouldBe(
            texts.Order(StringComparer.Ordinal).Select(t => KeyValuePair.Create(t, 1)));
    }

    [Theory]
    [InlineData("500*", "500 Internal Server Error: The server had an error (4 attempts); run again later; what was answered is kept")]
    [InlineData("503*", "503 Service Unavailable: upstream is busy (4 attempts); run again later; what was answered is kept")]
    [InlineData("429*", "429 Too Many Requests: Rate limit reached (4 attempts); ask more slowly (--requests-per-minute, --tokens-per-minute) or "
        + "later; what was answered is kept")]
    [InlineData("429=3600", "429 Too Many Requests, to be asked again in 3,600 s: Rate limit reached; ask more slowly (--requests-per-minute, "
        + "--tokens-per-minute) or later; what was answered is kept")]
    [InlineData("credit", "429 Too Many Requests: You exceeded your current quota; the account has no credit left")]
    [InlineData("401", "401 Unauthorized; the server wants a key; set ANIT_TEST_NO_KEY")]
    [InlineData("403", "403 Forbidden: No access with; the key in ANIT_TEST_NO_KEY may not do this")]
    [InlineData("404", "404 Not Found: The model `m` does not exist; check the model's name and the address, which mostly ends in /v1")]
    [InlineData("redirect", "307 Temporary Redirect, go to http://127.0.0.1:1/elsewhere; give the address that it leads to")]
    [InlineData("cut*", "the connection was lost before the answer ended (4 attempts); run again later; what was answered is kept")]
    [InlineData("json*", "a reply that is no JSON (2 attempts); run again later; what was answered is kept")]
    [InlineData("dimension=all*", "index 0: a vector of 7 numbers, expected 8, twice; is m a model for embeddings? What was answered is kept")]
    [InlineData("nan=all*", "index 0: a vector with a number that is not finite, twice; is m a model for embeddings? What was answered is kept")]
    [InlineData("empty*", "2 of 2 vectors are missing, the first is number 0, twice; is m a model for embeddings? What was answered is kept")]
    public async Task What_does_not_pass_is_one_line_and_what_was_answered_before_has_been_given_on(string fault, string line)
    {
        server.Will("ok", fault);
        using var client = Ask.Client(server);
        var embeddings = new RemoteEmbeddings(client, new() { Model = "m", TextsAtOnce = 2 });
        var kept = new List<string>();
        var error = await Should.ThrowAsync<RemoteException>(async () =>
        {
            await foreach (var (text, _) in embeddings.StreamAsync(Ask.Texts(6))) kept.Add(text);
        });
        error.Message.ShouldBe($"{server.Url}/embeddings: {line}");
        kept.ShouldBe(Ask.Texts(2));
        server.Log.Answered.Values.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public async Task A_server_that_answers_too_late_is_asked_again_and_then_named()
    {
        server.Will("ok+30000", "ok");
        var options = Ask.Hasty with { Timeout = TimeSpan.FromMilliseconds(1_500) };
        (await Ask.Vectors(server, Ask.Texts(3), options: options)).Count.ShouldBe(3);
        server.Will("ok+30000*");
        var error = await Should.ThrowAsync<RemoteException>(() => Ask.Vectors(server, Ask.Texts(3), options: options with { Retries = 1 }));
        error.Message.ShouldContain("no answer within 1.5 s (2 attempts); ");
    }

    [Fact]
    public async Task A_text_that_the_server_does_not_take_is_found_in_its_batch_and_all_others_are_answered_once()
    {
        string[] texts = [.. Ask.Texts(11), "a text that is TOO LONG for the model that is asked here", "last"];
        using var client = Ask.Client(server);
        var kept = new List<string>();
        var error = await Should.ThrowAsync<RemoteException>(async () =>
        {
            await foreach (var (text, _) in new RemoteEmbeddings(client, new() { Model = "m" }).StreamAsync(texts)) kept.Add(text);
        });
        error.Message.ShouldBe($"{server.Url}/embeddings: 400 Bad Request: This model's maximum context length is 8 tokens; the server does not "
            + "accept this request (the text \"a text that is TOO LONG for the model...\", about 13 tokens)");
        kept.ShouldBe(Ask.Texts(11));
        server.Log.Answered.Values.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public async Task Nothing_listens_there_so_that_it_is_not_asked_again()
    {
        using var client = new RemoteClient(Endpoint.Of("http://127.0.0.1:9"), ApiKey.From("ANIT_TEST_NO_KEY"));
        var error = await Should.ThrowAsync<RemoteException>(() => new RemoteEmbeddings(client).GenerateAsync(["a"]));
        error.Message.ShouldBe("http://127.0.0.1:9/v1/embeddings: no connection; is the server running, and is this its address?");
    }

    [Fact]
    public async Task Distinct_texts_are_sent_once_in_batches_of_so_many_texts_and_tokens()
    {
        using var client = Ask.Client(server);
        var embeddings = new RemoteEmbeddings(client, new() { Model = "m", TextsAtOnce = 3, TokensAtOnce = 10 });
        string[] texts = ["a", "b", "a", "c", "d", "one two three four five six seven eight", "e e e", "b"];
        var all = await embeddings.GenerateAsync(texts);
        all.Select(e => e.Vector.ToArray()).ShouldBe(texts.Select(FaultyServer.Vector));
        server.Log.Requests.Select(r => string.Join('|', r.Texts)).ShouldBe(["a|b|c", "d|one two three four five six seven eight", "e e e"]);
        all.Usage!.InputTokenCount.ShouldBe(60); // ten a text, as this server counts
        embeddings.Budget.Requests.ShouldBe(3);
    }

    [Fact]
    public async Task A_request_names_model_length_and_encoding_and_tells_nothing_of_this_machine()
    {
        await Ask.Vectors(server, ["x"], new() { Model = "m", Dimensions = 8 });
        var request = server.Log.Requests.Single();
        JsonSerializer.Serialize(request.Body).ShouldBe("""{"model":"m","input":["x"],"dimensions":8,"encoding_format":"base64"}""");
        request.Agent.ShouldBe("anit/0.1.0");
        request.Headers.ShouldBe(6); // Accept, Accept-Encoding, Content-Length, Content-Type, Host, User-Agent
    }

    [Fact]
    public async Task Vectors_of_another_length_than_before_are_refused()
    {
        var error = await Should.ThrowAsync<RemoteException>(() => Ask.Vectors(server, ["x"], new() { Model = "m", Expected = 9 }));
        error.Message.ShouldContain("a vector of 8 numbers, expected 9, twice");
    }

    [Fact]
    public async Task A_cancelled_work_still_hands_over_the_answer_under_way_and_sends_nothing_more()
    {
        server.Will("ok+300*");
        using var client = Ask.Client(server);
        using var stop = new CancellationTokenSource();
        var kept = new List<string>();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            var asking = Task.Run(async () =>
            {
                var embeddings = new RemoteEmbeddings(client, new() { Model = "m", TextsAtOnce = 2 });
                await foreach (var (text, _) in embeddings.StreamAsync(Ask.Texts(9), stop.Token)) kept.Add(text);
            });
            while (server.Log.Requests.Count < 2) await Task.Delay(5);
            await stop.CancelAsync();
            await asking;
        });
        kept.ShouldBe(Ask.Texts(4));
        server.Log.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_cancelled_work_does_not_wait_for_ever()
    {
        server.Will("ok+60000");
        using var stop = new CancellationTokenSource();
        using var client = Ask.Client(server, Ask.Hasty with { Patience = TimeSpan.FromMilliseconds(50), Timeout = TimeSpan.FromMinutes(10) });
        var asking = new RemoteEmbeddings(client).GenerateAsync(["a"], null, stop.Token);
        while (server.Log.Requests.Count < 1) await Task.Delay(5);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task The_key_goes_into_the_header_and_into_no_message()
    {
        const string Variable = "ANIT_TEST_KEY", Secret = "sk-very-secret";
        Environment.SetEnvironmentVariable(Variable, Secret);
        server.Will("401", "403");
        using var client = Ask.Client(server, variable: Variable);
        var embeddings = new RemoteEmbeddings(client);
        var first = await Should.ThrowAsync<RemoteException>(() => embeddings.GenerateAsync(["a"]));
        first.Message.ShouldEndWith($"401 Unauthorized; the server does not take the key in {Variable}; set it to a valid one");
        var second = await Should.ThrowAsync<RemoteException>(() => embeddings.GenerateAsync(["a"]));
        second.Message.ShouldContain("403 Forbidden: No access with Bearer [key]");
        foreach (var error in new[] { first, second }) error.ToString().ShouldNotContain(Secret);
        server.Log.Requests.Select(r => r.Key).ShouldBe([$"Bearer {Secret}", $"Bearer {Secret}"]);
        ApiKey.From(Variable).ToString().ShouldBe(Variable);
    }

    [Fact]
    public async Task A_limit_of_cost_stops_before_the_request_that_could_go_beyond_it()
    {
        // The server counts ten tokens a text where the estimate is three: one dollar a token, so 40 for a batch of four.
        var budget = new Budget(new Price(1_000_000, 0), 90);
        budget.Check(RemoteEmbeddings.Estimate(Ask.Texts(12)));
        var error = await Should.ThrowAsync<BudgetException>(() => Ask.Vectors(server, Ask.Texts(12), budget: budget));
        error.Message.ShouldBe("$80.00 are spent, and the next request could go beyond --max-cost $90.00; what was answered is kept, "
            + "raise it to go on");
        server.Log.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public void A_generator_says_what_it_is()
    {
        using var client = new RemoteClient(Endpoint.Of(null), ApiKey.From("ANIT_TEST_NO_KEY"));
        var generator = new RemoteEmbeddings(client);
        generator.ShouldBeAssignableTo<IEmbeddingGenerator<string, Embedding<float>>>();
        var metadata = (EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!;
        metadata.ProviderName.ShouldBe("openai");
        metadata.DefaultModelId.ShouldBe("text-embedding-3-large");
        new RemoteEmbeddings(client).Signature.ShouldBe("openai:text-embedding-3-large");
        using var other = new RemoteClient(Endpoint.Of("http://localhost:11434"), ApiKey.From("ANIT_TEST_NO_KEY"));
        new RemoteEmbeddings(other, new() { Model = "bge-m3", Dimensions = 256 }).Signature.ShouldMatch("^openai:bge-m3@[0-9a-f]{12},256d$");
    }
}

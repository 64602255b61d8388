using System.Text.Json;
using Shouldly;

namespace Anit.Remote.Tests;

/// <summary>Answers of a model behind a real server process, and the folder where they are kept.</summary>
public sealed class AnswerTests : IClassFixture<FaultyServer>, IDisposable
{
    readonly string cache = Directory.CreateTempSubdirectory("anit-test-").FullName;
    readonly FaultyServer server;

    public AnswerTests(FaultyServer server) => (this.server = server).Forget();

    public void Dispose() => Directory.Delete(cache, recursive: true);

    [Theory]
    [InlineData("ok")]
    [InlineData("429")]
    [InlineData("429=1")]
    [InlineData("500", "503")]
    [InlineData("cut")]
    [InlineData("json")]
    [InlineData("empty")]
    [InlineData("abort")] // a reason to finish that OpenAI's own client does not know
    [InlineData("newer*")] // wants max_completion_tokens
    public async Task Whatever_passes_costs_nothing_twice_and_every_prompt_gets_its_own_answer(params string[] faults)
    {
        server.Will(faults);
        string[] prompts = ["Option: a, b", "Option: c", "nothing", "Option: a, b"];
        (await Ask.Answers(server, cache, prompts)).Select(a => a.Text).ShouldBe(["label: a", "label: c", "None", "label: a"]);
        var asked = server.Log.Requests.Count;
        (await Ask.Answers(server, cache, prompts)).Select(a => a.Text).ShouldBe(["label: a", "label: c", "None", "label: a"]);
        server.Log.Requests.Count.ShouldBe(asked);
        server.Log.Answered.ShouldAllBe(a => a.Value == 1);
    }

    [Fact]
    public async Task One_prompt_that_fails_leaves_the_others_kept()
    {
        string[] prompts = [.. Enumerable.Range(0, 20).Select(i => $"prompt {i}"), "TOO LONG"];
        var error = await Should.ThrowAsync<RemoteException>(() => Ask.Answers(server, cache, prompts));
        error.Message.ShouldBe($"{server.Url}/chat/completions: 400 Bad Request: This model's maximum context length is 8 tokens; the server "
            + "does not accept this request (a prompt of about 2 tokens: \"TOO LONG\")");
        var before = server.Log;
        before.Answered.Count.ShouldBeGreaterThan(15);
        await Ask.Answers(server, cache, prompts[..^1]);
        server.Log.Answered.Values.ShouldAllBe(count => count == 1);
        server.Log.Answered.Count.ShouldBe(20);
    }

    [Theory]
    [InlineData("length", true)]
    [InlineData("abort", false)]
    [InlineData("ok", false)]
    public async Task An_answer_that_reached_the_limit_is_cut_off_also_when_it_comes_from_disk(string fault, bool cutOff)
    {
        server.Will(fault);
        for (var i = 0; i < 2; i++) (await Ask.Answers(server, cache, "p")).Single().CutOff.ShouldBe(cutOff);
    }

    [Fact]
    public async Task A_model_that_declines_answers_nothing()
    {
        server.Will("null");
        (await Ask.Answers(server, cache, "p")).Single().ShouldBe(new("", false));
    }

    [Theory]
    [InlineData(false, true, """{"model":"m","messages":[{"role":"user","content":"p"}],"temperature":0,"max_tokens":7}""")]
    [InlineData(true, true, """{"model":"m","prompt":"p","temperature":0,"max_tokens":7,"stop":["\n"]}""")]
    [InlineData(true, false, """{"model":"m","prompt":"p","temperature":0,"max_tokens":7}""")]
    public async Task A_request_is_greedy_and_bounded(bool raw, bool oneLine, string body)
    {
        using var client = Ask.Client(server);
        await new RemoteModel(client, "m", raw, new(cache)).AskAsync(new Question("p", 7, oneLine), default);
        JsonSerializer.Serialize(server.Log.Requests.Single().Body).ShouldBe(body);
        server.Log.Requests.Single().Service.ShouldBe(raw ? "completions" : "chat/completions");
    }

    [Fact]
    public async Task Model_server_prompt_and_parameters_tell_answers_apart()
    {
        using var client = Ask.Client(server);
        foreach (var (name, raw, most) in new[] { ("m", false, 7), ("m", false, 7), ("m", false, 8), ("n", false, 7), ("m", true, 7) })
            await new RemoteModel(client, name, raw, new(cache)).AskAsync(new Question("p", most, true), default);
        server.Log.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_damaged_file_is_asked_for_again()
    {
        await Ask.Answers(server, cache, "p");
        foreach (var damage in new[] { "", "{", "[]", "{\"text\":1,\"cut_off\":false}" })
        {
            File.WriteAllText(Directory.GetFiles(cache, "*.json", SearchOption.AllDirectories).Single(), damage);
            (await Ask.Answers(server, cache, "p")).Single().Text.ShouldBe("None");
        }
        server.Log.Requests.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Who_asks_what_another_is_asking_waits_for_its_answer()
    {
        server.Will("ok+400*");
        string[] prompts = [.. Enumerable.Range(0, 12).Select(i => $"prompt {i}")];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ask.Answers(server, cache, prompts)));
        server.Log.Answered.Count.ShouldBe(12);
        server.Log.Answered.Values.ShouldAllBe(count => count == 1);
        Directory.GetFiles(cache, "*", SearchOption.AllDirectories).ShouldAllBe(file => file.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_on_disk_is_not_in_the_estimate()
    {
        using var client = Ask.Client(server);
        var model = new RemoteModel(client, "m", raw: false, new(cache));
        Question[] questions = [new("one two", 9, true), new("three", 9, true), new("one two", 9, true)];
        model.Estimate(questions).ShouldBe((2, new(3, 18)));
        await model.AskAsync(questions[1], default);
        model.Estimate(questions).ShouldBe((1, new(2, 9)));
        model.Budget.Paid.ShouldBe(new(100, 5)); // as this server counts
    }
}

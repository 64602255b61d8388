using System.Diagnostics;
using System.Text.Json;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary><c>anit-eval --endpoint</c> against a server process that misbehaves. Where libtorch would be is nothing, so that none is
/// loaded.</summary>
public sealed class EndpointTests : IClassFixture<FaultyServer>, IDisposable
{
    const int Rows = 12;

    readonly FaultyServer server;
    readonly Workbench bench = new();

    public EndpointTests(FaultyServer server)
    {
        (this.server = server).Forget();
        bench.Write("rows.jsonl", string.Concat(Enumerable.Range(0, Rows).Select(i => JsonSerializer.Serialize(new
        {
            id = $"r/{i}", task = "tc", instruction = "Say what it is.", noisy_instruction = i % 2 == 0 ? "Say it what is." : null,
            options = new[] { "good", "bad" }, text = $"a text of number {i}", target = i % 3 == 0 ? "label: bad" : "label: good",
        }) + "\n")));
    }

    public void Dispose() => bench.Dispose();

    Run Ask(string options, string environment = "") => bench.Bash($"{environment} ANIT_NATIVE=/nowhere anit-eval rows.jsonl --endpoint {server.Url} "
        + $"--model m --cache cache {options}");

    [Fact]
    public void Answers_are_scored_and_written_as_those_of_a_local_model()
    {
        var run = Ask("--instruction raw,noisy --predictions answers.parquet --json");
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldBe("anit-eval: 18 requests, 1,800 tokens sent, 90 back\n"); // 12 raw prompts, 6 noisy ones
        JsonDocument.Parse(run.Output).RootElement.GetProperty("runs")[0].GetProperty("name").GetString().ShouldBe("m");
        run.Output.ShouldContain("0.6666");
        bench.Bash("anit-eval score answers.parquet --json").Output.ShouldBe(run.Output.Replace("\"m\"", "\"answers\"", StringComparison.Ordinal));
        Ask("--instruction raw,noisy --predictions answers.parquet --json").Error.ShouldContain("up to date");
        var again = Ask("--instruction raw,noisy --json");
        (again.Code, again.Output, again.Error).ShouldBe((0, run.Output, "")); // another run without the file: all from the cache
        server.Log.Requests.Count.ShouldBe(18);
        bench.Bash("anit-data show answers.parquet --json 2>&1; anit-data verify answers.parquet 2>&1").Output.ShouldNotContain("127.0.0.1");
    }

    [Theory]
    [InlineData("--completions", "completions")]
    [InlineData("", "chat/completions")]
    public void The_prompt_is_the_template_s(string options, string service)
    {
        var run = Ask($"{options} --prompt alpaca --limit 1 --max-new-tokens 9");
        run.Code.ShouldBe(0, run.ToString());
        var request = server.Log.Requests.Single();
        request.Service.ShouldBe(service);
        request.Texts.Single().ShouldStartWith("Below is an instruction that describes a task");
        request.Body.GetProperty("max_tokens").GetInt32().ShouldBe(9);
        Ask("--prompt chat --system Hello. --limit 1").Code.ShouldBe(0);
        JsonSerializer.Serialize(server.Log.Requests[^1].Body).ShouldContain(
            """{"role":"system","content":"Hello."},{"role":"user","content":"Say what it is.\n""");
        Ask("--dry-run --prompt alpaca").Output.ShouldContain("### Instruction:\nSay what it is.");
        server.Log.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("length", true)]
    [InlineData("length=label: good\nBecause it is.", false)] // the line is whole; what is below it does not count
    [InlineData("ok", false)]
    public void An_answer_that_the_limit_cut_off_is_marked(string fault, bool truncated)
    {
        server.Will(fault);
        Ask("--limit 1 --predictions answers.jsonl").Code.ShouldBe(0);
        JsonDocument.Parse(File.ReadAllText(bench["answers.jsonl"])).RootElement.GetProperty("truncated").GetBoolean().ShouldBe(truncated);
    }

    [Theory]
    [InlineData("500*", "500 Internal Server Error: The server had an error (2 attempts); run again later; what was answered is kept")]
    [InlineData("429=3600*", "429 Too Many Requests, to be asked again in 3,600 s: Rate limit reached; ask more slowly (--requests-per-minute, "
        + "--tokens-per-minute) or later; what was answered is kept")]
    [InlineData("401*", "401 Unauthorized; the server does not take the key in OPENAI_API_KEY; set it to a valid one")]
    [InlineData("context*", "400 Bad Request: This model's maximum context length is 8 tokens; the server does not accept this request (a "
        + "prompt of about")]
    [InlineData("cut*", "the connection was lost before the answer ended (2 attempts); run again later; what was answered is kept")]
    [InlineData("json*", "a reply that is no JSON (2 attempts); run again later; what was answered is kept")]
    [InlineData("empty*", "a reply without any choice, twice; what was answered is kept")]
    public void A_failure_is_one_line_and_code_4_and_a_second_run_goes_on(string fault, string line)
    {
        const string Key = "OPENAI_API_KEY=sk-very-secret";
        server.Will("ok", "ok", "ok", "ok", "ok", fault);
        var run = Ask("--retries 1 --concurrency 2 --predictions answers.parquet", Key);
        run.Code.ShouldBe(4, run.ToString());
        run.Error.ShouldContain($"anit-eval: {server.Url}/chat/completions: {line}");
        run.Error.ShouldNotContain("secret");
        run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => !l.Contains(" requests, ", StringComparison.Ordinal)).ShouldBe(1);
        File.Exists(bench["answers.parquet"]).ShouldBeFalse();
        server.Log.Answered.Count.ShouldBe(5);

        server.Will("ok");
        run = Ask("--predictions answers.parquet", Key);
        run.Code.ShouldBe(0, run.ToString());
        server.Log.Answered.Count.ShouldBe(Rows);
        server.Log.Answered.Values.ShouldAllBe(count => count == 1);
        bench.Bash("grep -r secret . | wc -l").Output.ShouldBe("0\n");
    }

    [Fact]
    public void Nothing_listens_there()
    {
        var run = bench.Bash("ANIT_NATIVE=/nowhere anit-eval rows.jsonl --endpoint http://127.0.0.1:9 --model m --cache cache");
        run.ShouldBe(new(4, "",
            "anit-eval: http://127.0.0.1:9/v1/chat/completions: no connection; is the server running, and is this its address?\n"));
    }

    [Fact]
    public void A_kill_loses_at_most_what_was_under_way()
    {
        server.Will("ok", "ok", "ok", "ok", "ok", "ok+60000*");
        using (var killed = Start("--concurrency 1"))
        {
            while (server.Log.Requests.Count < 6) Thread.Sleep(20);
            killed.Kill(entireProcessTree: true);
            killed.WaitForExit();
        }
        server.Will("ok");
        Ask("--quiet").Code.ShouldBe(0);
        server.Log.Answered.OrderBy(a => a.Value).Select(a => a.Value).ShouldBe(Enumerable.Repeat(1, Rows));
        server.Log.Requests.Count.ShouldBe(6 + Rows - 5);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_waits_for_the_answers_under_way_and_keeps_them(string signal, int code)
    {
        server.Will("ok+1500*");
        using (var process = Start("--concurrency 3"))
        {
            while (server.Log.Requests.Count < 3) Thread.Sleep(20);
            Process.Start("/bin/kill", ["-s", signal, $"{process.Id}"]).WaitForExit();
            process.WaitForExit();
            process.ExitCode.ShouldBe(code);
        }
        server.Log.Requests.Count.ShouldBe(3);
        server.Will("ok");
        Ask("--quiet").Code.ShouldBe(0);
        server.Log.Answered.Select(a => a.Value).ShouldBe(Enumerable.Repeat(1, Rows));
    }

    [Fact]
    public void Two_processes_at_once_pay_for_each_answer_once()
    {
        server.Will("ok+100*");
        using (var one = Start("--quiet"))
        using (var two = Start("--quiet"))
        {
            one.WaitForExit();
            two.WaitForExit();
            (one.ExitCode, two.ExitCode).ShouldBe((0, 0));
        }
        server.Log.Answered.Select(a => a.Value).ShouldBe(Enumerable.Repeat(1, Rows));
    }

    [Fact]
    public void An_estimate_asks_nothing_and_counts_what_is_not_on_disk()
    {
        Ask("--limit 4 --quiet").Code.ShouldBe(0);
        var run = Ask("--estimate --price 10,20 --max-new-tokens 128");
        run.ShouldBe(new(0, run.Output, ""), run.ToString());
        run.Output.ShouldMatch(
            @"^8 prompts to ask for, 4 on disk already\nabout \d+ tokens to send, at most 1,024 back\nat most about \$0\.02\d*\n$");
        Ask("--estimate").Output.ShouldEndWith("no price is known for this model; give one with --price, 0 for a server of your own\n");
        server.Log.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public void A_limit_of_cost_refuses_before_the_first_request()
    {
        var run = Ask("--max-cost 0.01 --price 10,20");
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldMatch(
            @"^anit-eval: about \$0\.\d+ \(\d+ tokens to send, at most 1,536 back\), more than --max-cost \$0\.01; nothing was asked\n$");
        Ask("--max-cost 5").Error.ShouldBe("anit-eval: there is a limit of cost, but no price is known for this model; give one with --price\n");
        server.Log.Requests.ShouldBeEmpty();
        Ask("--max-cost 5 --price 10,20").Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("--adapter rows.jsonl", "--adapter has no effect with --endpoint: the server decides; leave it out")]
    [InlineData("--batch 4", "--batch has no effect with --endpoint: the server decides; leave it out")]
    [InlineData("--prompt chat --date 2024-07-26", "--date has no effect with --endpoint: the server decides; leave it out")]
    [InlineData("--prompt chat --completions", "--completions sends the prompt as it is, and --prompt chat needs the model's chat template; "
        + "leave one of them out")]
    [InlineData("--price free", "--price is free; expected dollars a million tokens, as 0.13, or 2.5,10 for what is sent and what comes back")]
    public void What_makes_no_sense_with_a_server_is_refused(string options, string line) =>
        Ask(options).ShouldBe(new(2, "", $"anit-eval: {line}\n"));

    [Theory]
    [InlineData("--estimate", "--estimate is for --endpoint URL; name one, or leave it out")]
    [InlineData("--concurrency 3", "--concurrency is for --endpoint URL; name one, or leave it out")]
    [InlineData("--endpoint localhost:8000", "--endpoint is localhost:8000; expected an address such as http://localhost:8000/v1")]
    [InlineData("--endpoint https://api.openai.com/v1", "NONE is not set; set it to your key, or name a server of your own with --endpoint URL")]
    public void What_makes_no_sense_without_one_is_refused(string options, string line)
    {
        var key = options.Contains("openai", StringComparison.Ordinal) ? " --key-from NONE" : "";
        bench.Bash($"anit-eval rows.jsonl --model m {options}{key}").ShouldBe(new(2, "", $"anit-eval: {line}\n"));
    }

    Process Start(string options)
    {
        var start = bench.Shell($"ANIT_NATIVE=/nowhere exec anit-eval rows.jsonl --endpoint {server.Url} --model m --cache cache {options}");
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return Process.Start(start)!;
    }
}

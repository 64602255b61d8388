using System.Diagnostics;
using System.Text.Json;
using Anit.Data;
using Anit.Data.Receipts;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary><c>anit-score --embedder openai</c> against a server process that misbehaves.</summary>
public sealed class RemoteScoreTests : IClassFixture<FaultyServer>, IDisposable
{
    const string Key = "OPENAI_API_KEY=sk-very-secret ANIT_NATIVE=/nowhere ";

    readonly FaultyServer server;
    readonly Workbench bench = new();

    public RemoteScoreTests(FaultyServer server) => (this.server = server).Forget();

    public void Dispose() => bench.Dispose();

    string Prepare(int rows)
    {
        bench.Write("rows.jsonl", string.Concat(Enumerable.Range(0, rows).Select(i =>
            JsonSerializer.Serialize(new { id = $"r/{i}", instruction = "Say what it is.", noisy_instruction = $"Say number {i / 2} of it." })
                + "\n")));
        return $"anit-score rows.jsonl --method lme --embedder openai:m --endpoint {server.Url} --cache cache -o scored.arrow";
    }

    [Fact]
    public async Task A_server_s_vectors_score_by_equation_3_and_its_name_and_key_stand_nowhere()
    {
        var line = Prepare(rows: 8);
        var priced = bench.Bash($"{Key}{line} --price 10 --estimate");
        priced.Output.ShouldMatch(@"^5 texts to ask for, 0 on disk already\nabout \d+ tokens to send\nabout \$0\.000\d+\n$", priced.ToString());
        bench.Bash($"{Key}{line} --price 10 --max-cost 0.000001").Error.ShouldEndWith("more than --max-cost $0.000001; nothing was asked\n");
        server.Log.Requests.ShouldBeEmpty();

        var run = bench.Bash($"{Key}{line} --price 10 --max-cost 1");
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldContain("5 texts embedded, 0 found in the cache");
        run.Error.ShouldMatch(@"1 requests, [\d,]+ tokens sent, \$0\.");
        server.Log.Requests.Single().Key.ShouldBe("Bearer sk-very-secret");
        server.Log.Answered.Values.ShouldBe([1, 1, 1, 1, 1]);
        await using var table = await Table.OpenAsync(bench["scored.arrow"]);
        Chain.Read(table.Schema.Metadata)[^1].Options.ShouldMatch("openai:m@[0-9a-f]{12}");
        await foreach (var batch in table.ReadBatchesAsync())
            for (var row = 0; row < batch.Rows; row++)
                batch["distortion"].Number(row)!.Value.ShouldBe(
                    Math.Clamp(1 - Cosine(batch["instruction"].Text(row)!, batch["noisy_instruction"].Text(row)!), 0, 1), 1e-6);
        bench.Bash("grep -rl -e secret -e 127.0.0.1 . | wc -l").Output.ShouldBe("0\n");
    }

    [Fact]
    public void A_signal_and_a_failure_lose_nothing_that_was_paid_for()
    {
        const int Rows = 1_100; // 551 texts: three requests
        var line = Prepare(Rows);
        server.Will("ok", "ok+700", "ok*");
        var start = bench.Shell($"exec {Key.Replace("OPENAI", "env OPENAI")}{line}");
        start.RedirectStandardError = true;
        using (var process = Process.Start(start)!)
        {
            while (server.Log.Requests.Count < 2) Thread.Sleep(10);
            Process.Start("/bin/kill", ["-s", "INT", $"{process.Id}"]).WaitForExit();
            process.WaitForExit();
            process.ExitCode.ShouldBe(130);
        }
        server.Log.Requests.Count.ShouldBe(2); // the second was under way: waited for, and kept
        server.Will("500*");
        var run = bench.Bash($"{Key}{line} --retries 0");
        run.Code.ShouldBe(4, run.ToString());
        run.Error.ShouldContain($"anit-score: {server.Url}/embeddings: 500 Internal Server Error");
        File.Exists(bench["scored.arrow"]).ShouldBeFalse();
        server.Will("ok*");
        bench.Bash($"{Key}{line}").Error.ShouldContain("39 texts embedded, 512 found in the cache");
        server.Log.Answered.Count.ShouldBe(Rows / 2 + 1);
        server.Log.Answered.Values.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public void What_makes_no_sense_without_a_server_or_a_key_is_refused()
    {
        Prepare(rows: 1);
        var run = bench.Bash("anit-score rows.jsonl --method lme --embedder openai --key-from NONE -o out.arrow; anit-score rows.jsonl --estimate -o "
            + "out.arrow; anit-score rows.jsonl --method bertscore --embedder openai -o out.arrow");
        run.ShouldBe(new(2, "", "anit-score: NONE is not set; set it to your key, or name a server of your own with --endpoint URL\n"
            + "anit-score: --estimate is for --embedder openai; name one, or leave it out\n"
            + "anit-score: --method bertscore wants the states of tokens, which only --embedder model:DIR gives\n"));
    }

    static double Cosine(string one, string other)
    {
        var (a, b) = (FaultyServer.Vector(one), FaultyServer.Vector(other));
        double Dot(float[] x, float[] y) => x.Zip(y, (p, q) => (double)p * q).Sum();
        return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
    }
}

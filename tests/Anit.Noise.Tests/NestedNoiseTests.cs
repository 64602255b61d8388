using System.Text;
using System.Text.Json.Nodes;
using Anit.Data;
using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>Noise in texts inside lists and structs.</summary>
public sealed class NestedNoiseTests
{
    const int Rows = 300;

    static readonly string[] Lines = [.. Enumerable.Range(0, Rows).Select(i => new JsonObject
    {
        ["id"] = $"c{i}",
        ["messages"] = i % 7 == 3 ? null : new JsonArray(
            Turn(i % 2 == 0 ? "system" : "user", $"Answer question number {i} in one short sentence and say nothing else."),
            Turn("user", "When do you open on the second day of May?"), i % 5 == 1 ? null : Turn("assistant", i % 3 == 0 ? null : "At nine."),
            Turn("system", "You may speak of prices now, if anybody asks you for them.")),
        ["meta"] = new JsonObject { ["deep"] = new JsonObject { ["note"] = $"the note of row {i} that is long enough to change" } },
        ["score"] = i / 4.0,
    }.ToJsonString())];

    static JsonObject Turn(string role, string? content) => new() { ["role"] = role, ["content"] = content, ["weight"] = 1 };

    static async Task<(Schema Schema, List<ColumnBatch> Batches)> Read(int rows)
    {
        await using var table = await Table.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', Lines.Take(rows)))),
            new ReadOptions { Name = "lines" });
        var batches = new List<ColumnBatch>();
        await foreach (var batch in table.ReadBatchesAsync()) batches.Add(batch);
        return (table.Schema, batches);
    }

    static Noiser Noiser() => new([new(new Replace(Vocabulary.English, new(0.3m)))], 42);

    static async Task<string[]> Noised(string path, int batch, int threads, Func<int, bool> chosen)
    {
        var (schema, batches) = await Read(Rows);
        var stage = new NestedNoiseTransform(schema, NestedPath.Parse(path)!, new(path), Noiser);
        using var bytes = new MemoryStream();
        await using (var writer = Table.Create(bytes, TableFormat.Jsonl, stage.Schema))
        {
            await foreach (var (made, _) in Ordered.MapAsync(Cut(), stage.Apply, threads)) await writer.WriteAsync(made);
            await writer.FinishAsync();
        }
        return Encoding.UTF8.GetString(bytes.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        async IAsyncEnumerable<NoiseTask> Cut()
        {
            var first = 0;
            foreach (var whole in batches)
                for (var from = 0; from < whole.Rows; from += batch)
                {
                    var part = whole.Slice(from, Math.Min(batch, whole.Rows - from));
                    yield return new(part, first, [.. Enumerable.Range(first, part.Rows).Select(chosen)]);
                    first += part.Rows;
                }
            await Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(7, 3)]
    public async Task Named_turns_of_chosen_rows_get_their_own_noise_and_all_else_is_the_same(int batch, int threads)
    {
        var noiser = Noiser();
        var expected = Lines.Select((line, i) =>
        {
            var row = JsonNode.Parse(line)!;
            if (i % 4 != 0 && row["messages"] is JsonArray turns)
                foreach (var (place, turn) in turns.Index())
                    if (turn?["role"]!.ToString() == "system")
                    {
                        noiser.Apply(Encoding.UTF8.GetBytes($"c{i}/{place}"), Encoding.UTF8.GetBytes(turn["content"]!.ToString()));
                        turn["content"] = noiser.Text.ToString();
                    }
            return row;
        }).ToList();
        var made = await Noised("messages[role=system].content", batch, threads, row => row % 4 != 0);
        made.Length.ShouldBe(Rows);
        foreach (var (line, row) in made.Zip(expected)) JsonNode.DeepEquals(JsonNode.Parse(line), row).ShouldBeTrue($"{line}\n{row.ToJsonString()}");
        made.Index().Count(line => line.Item != Lines[line.Index]).ShouldBeGreaterThan(Rows / 2);
    }

    [Fact]
    public async Task A_field_of_structs_is_noised_by_the_row_s_id_alone()
    {
        var noiser = Noiser();
        noiser.Apply("c5"u8, "the note of row 5 that is long enough to change"u8);
        var made = await Noised("meta.deep.note", batch: 100, threads: 1, _ => true);
        JsonNode.Parse(made[5])!["meta"]!["deep"]!["note"]!.ToString().ShouldBe(noiser.Text.ToString());
        JsonNode.Parse(made[5])!["messages"]!.ToJsonString().ShouldBe(JsonNode.Parse(Lines[5])!["messages"]!.ToJsonString());
    }

    [Theory]
    [InlineData("turns[].content", "no column \"turns\"; there is id, messages, meta, score; --column is turns[].content")]
    [InlineData("messages.content", "messages is list<struct<role:utf8,content:utf8,weight:i64>>, expected a struct; messages[] takes all items; "
        + "--column is messages.content")]
    [InlineData("messages[role=system]", "messages[] is struct<role:utf8,content:utf8,weight:i64>, expected text; --column is "
        + "messages[role=system]")]
    [InlineData("messages[kind=x].content", "messages[] has no field \"kind\"; there is role, content, weight; --column is messages[kind=x].content")]
    [InlineData("messages[weight=1].content", "messages[].weight is i64, expected text; --column is messages[weight=1].content")]
    [InlineData("meta[].deep", "meta is struct<deep:struct<note:utf8>>, expected a list; --column is meta[].deep")]
    public async Task What_the_table_does_not_have_is_told(string path, string message)
    {
        var (schema, _) = await Read(10);
        Should.Throw<DataFormatException>(() => NestedPath.Parse(path)!.Check(schema)).Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("instruction")]
    [InlineData("a[")]
    [InlineData("a[b=c")]
    [InlineData("a]b")]
    [InlineData("a[=c]")]
    [InlineData("a[b]")]
    [InlineData(".a")]
    [InlineData("a[].")]
    public void What_is_no_path_is_a_name(string text) => NestedPath.Parse(text).ShouldBeNull();
}

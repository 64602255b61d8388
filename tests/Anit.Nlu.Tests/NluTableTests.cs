using System.Text;
using Anit.Data;
using Shouldly;

namespace Anit.Nlu.Tests;

public sealed class NluTableTests
{
    static NluRow Row(int i) => new()
    {
        Id = $"x/train/{i:D6}",
        Task = i % 2 == 0 ? NluTask.Ner : NluTask.Other,
        Instruction = "Find.",
        Question = i % 3 == 0 ? null : "Which?",
        Options = i % 2 == 0 ? ["person", "else"] : null,
        Text = "Zoë left .",
        Target = "person: Zoë",
    };

    static string Shown(NluRow row) => $"{row with { Options = null }} {string.Join('|', row.Options ?? ["-"])}";

    static async Task<List<NluRow>> Read(string jsonl)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(jsonl)), new() { Name = "in.jsonl" });
        var rows = new List<NluRow>();
        await foreach (var row in NluTable.ReadAsync(reader, "in.jsonl")) rows.Add(row);
        return rows;
    }

    [Fact]
    public void Rows_come_back_from_batches_as_they_went_in()
    {
        var batcher = new NluBatchBuilder();
        foreach (var start in new[] { 0, 10 })
        {
            var rows = Enumerable.Range(start, 10).Select(Row).ToList();
            rows.ForEach(batcher.Add);
            batcher.Count.ShouldBe(10);
            NluTable.Of(batcher.Batch()).Select(Shown).ShouldBe(rows.Select(Shown));
            batcher.Count.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Rows_pass_through_a_file_with_columns_of_others_in_between()
    {
        var rows = await Read("""
            {"beta":0.5,"id":"a","task":"ner","instruction":"Do.","noisy_instruction":"Fnd.","options":["person"],"text":"Ann","target":"person: Ann"}
            {"beta":0,"id":"b","task":"other","instruction":"Add.","noisy_instruction":null,"options":null,"text":null,"target":"3"}
            """);
        rows[0].NoisyInstruction.ShouldBe("Fnd.");
        rows[0].Options.ShouldBe(["person"]);
        rows[1].Text.ShouldBeNull();
    }

    [Theory]
    [InlineData("{\"id\":\"a\",\"task\":\"ner\",\"instruction\":\"i\"}", "in.jsonl: no column \"target\"; there is id, task, instruction; expected "
        + "id, task, instruction, target: make the table with anit-data import")]
    [InlineData("{\"id\":\"a\",\"task\":\"ner\",\"instruction\":\"i\",\"target\":3}", "in.jsonl: column \"target\" is i64, expected text")]
    [InlineData("{\"id\":\"a\",\"task\":\"ner\",\"instruction\":\"i\",\"target\":\"x\",\"options\":[1]}", "in.jsonl: column \"options\" is "
        + "list<i64>, expected a list of text")]
    public async Task A_table_that_lacks_what_a_row_needs_is_refused(string jsonl, string message) =>
        (await Should.ThrowAsync<DataFormatException>(() => Read(jsonl))).Message.ShouldBe(message);
}

using System.Text;
using Anit.Data;
using Shouldly;

namespace Anit.Nlu.Tests.Scoring;

public sealed class PredictionsTests
{
    static async Task<List<Prediction>> Read(Stream table, IReadOnlyDictionary<string, NluRow>? gold = null)
    {
        await using var reader = await Table.OpenAsync(table, new() { Name = "p" });
        var list = new List<Prediction>();
        await foreach (var made in Predictions.ReadAsync(reader, "p", gold)) list.Add(made);
        return list;
    }

    static Task<List<Prediction>> Read(string jsonl, IReadOnlyDictionary<string, NluRow>? gold = null) =>
        Read(new MemoryStream(Encoding.UTF8.GetBytes(jsonl)), gold);

    static readonly NluRow Row = new()
    {
        Id = "a",
        Task = "ner",
        Instruction = "Find.",
        Options = ["person"],
        Text = "Ann and Bo",
        Target = "person: Ann; person: Bo",
    };

    [Fact]
    public async Task A_prediction_file_scores_again_to_what_it_scored_at_first()
    {
        var made = new Prediction { Row = Row, Condition = Predictions.Noisy, Text = "person: Ann; loca", Truncated = true };
        var first = new Scorer();
        var batcher = new PredictionBatcher();
        batcher.Add(made, first.Add(made.Row, made.Text, made.Truncated));

        var file = new MemoryStream();
        await using (var writer = Table.Create(file, TableFormat.ArrowStream, Predictions.Schema))
        {
            await writer.WriteAsync(batcher.Batch());
            await writer.FinishAsync();
        }
        var again = (await Read(new MemoryStream(file.ToArray()))).Single();
        (again.Condition, again.Text, again.Truncated, again.TextCut, again.Row.Instruction)
            .ShouldBe((made.Condition, made.Text, true, false, "Find."));
        var second = new Scorer();
        second.Add(again.Row, again.Text, again.Truncated).Strict.ShouldBe(new Counts(1, 1, 1));
        second.Result().Overall.Rates.ShouldBe(first.Result().Overall.Rates);
    }

    [Fact]
    public async Task Bare_ids_and_predictions_find_their_gold_rows()
    {
        var gold = new Dictionary<string, NluRow> { ["a"] = Row };
        (await Read("{\"id\":\"a\",\"prediction\":\"person: Bo\"}", gold)).Single().Row.ShouldBe(Row);
        (await Should.ThrowAsync<DataFormatException>(() => Read("{\"id\":\"b\",\"prediction\":\"x\"}", gold))).Message
            .ShouldBe("p: row 0: id \"b\" is not among the gold rows, expected predictions for those rows");
        (await Should.ThrowAsync<DataFormatException>(() => Read("{\"id\":\"b\",\"prediction\":\"x\"}"))).Message.ShouldContain("no column \"task\"");
    }
}

using System.IO.Compression;
using System.Text;
using Shouldly;

namespace Anit.Nlu.Tests.Importers;

/// <summary>Counts of the real files against those that were counted by other means when the files were collected.</summary>
public sealed class SharedDatasetTests
{
    static (List<NluRow> Rows, ImportTally Tally) Import(string format, string file, ImportOptions? options = null)
    {
        var tally = new ImportTally();
        var rows = DatasetImporter.Read(format, [ImportSource.File(SharedData.Path("datasets", format, file))], options ?? new(), tally).ToList();
        tally.Rows.ShouldBe(rows.Count);
        rows.Select(r => r.Id).ShouldBeUnique();
        return (rows, tally);
    }

    [SharedTheory]
    [InlineData("conll2003", "eng.train.gz", null, 14_041, 23_499)]
    [InlineData("conll2003", "eng.testa", null, 3_250, 5_942)]
    [InlineData("sst2", "train.tsv.gz", null, 60_614, 60_614)]
    [InlineData("sst2", "dev.tsv", null, 6_735, 6_735)]
    [InlineData("agnews", "train_first10429.csv", null, 10_429, 10_429)]
    [InlineData("agnews", "valid.csv", null, 5_000, 5_000)]
    [InlineData("14lap", "train_triplets.txt", null, 906, 1_460)]
    [InlineData("14lap", "dev_triplets.txt", null, 219, 346)]
    [InlineData("14res", "train_triplets.txt", null, 1_266, 2_338)]
    [InlineData("14res", "dev_triplets.txt", null, 310, 577)]
    [InlineData("scierc", "train.json", "re", 1_861, 3_219)]
    [InlineData("scierc", "dev.json", "re", 275, 455)]
    [InlineData("scierc", "train.json", "ner", 1_861, 5_598)]
    [InlineData("scierc", "dev.json", "ner", 275, 811)]
    [InlineData("nyt", "dev.json.gz", "re", 5_000, 8_489)]
    [InlineData("nyt", "dev_triples.json", "re", 5_000, 7_985)]
    public void Rows_and_items_are_as_many_as_were_counted(string format, string file, string? task, int rows, int items)
    {
        var (_, tally) = Import(format, file, new() { Task = task });
        (tally.Rows, tally.Items).ShouldBe((rows, items));
    }

    [SharedFact]
    public void Ontonotes_without_its_words_is_refused_and_with_words_counts_as_it_was_counted()
    {
        var masked = SharedData.Path("datasets", "ontonotes", "dev_bn_words_masked.gold_skel.gz");
        Should.Throw<InvalidDataException>(() => Import("ontonotes", Path.GetFileName(masked))).Message.ShouldContain(
            "found [WORD] in the place of a word");

        using var text = new StreamReader(new GZipStream(File.OpenRead(masked), CompressionMode.Decompress));
        var words = Encoding.UTF8.GetBytes(text.ReadToEnd().Replace("[WORD]", "word", StringComparison.Ordinal));
        var tally = new ImportTally();
        DatasetImporter.Read("ontonotes", [new("filled", () => new MemoryStream(words))], new(), tally).Count().ShouldBe(1_295);
        tally.Items.ShouldBe(2_406);
    }

    [SharedTheory]
    [InlineData("sst2", "train.tsv.gz", "negative 26786, positive 33828")]
    [InlineData("agnews", "train_first10429.csv", "Business 2594, Sci/Tech 2753, Sports 2452, World 2630")]
    [InlineData("14lap", "train_triplets.txt", "Negative 517, Neutral 126, Positive 817")]
    [InlineData("14res", "train_triplets.txt", "Negative 480, Neutral 166, Positive 1692")]
    public void Labels_are_as_many_as_were_counted(string format, string file, string counts)
    {
        var (rows, _) = Import(format, file);
        var labels = rows.SelectMany(r => AnswerGrammar.Parse(r.Target, r.Task, r.Options, r.Text).Items).CountBy(i => i.Label);
        string.Join(", ", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} {l.Value}")).ShouldBe(counts);
    }

    [SharedTheory]
    [InlineData("nyt", "dev.json.gz", "re")]
    [InlineData("nyt", "dev.json.gz", "ner")]
    [InlineData("conll2003", "eng.testa", null)]
    [InlineData("scierc", "train.json", "re")]
    [InlineData("14res", "train_triplets.txt", null)]
    public void Gold_against_itself_scores_perfectly_and_every_answer_reads_back(string format, string file, string? task)
    {
        var (rows, tally) = Import(format, file, new() { Task = task });
        var scorer = new Scorer();
        foreach (var row in rows) scorer.Add(row, row.Target);
        scorer.Result().Overall.Strict.Counts.ShouldBe(new Counts(tally.Items, 0, 0));
        scorer.Result().Overall.Lenient.Counts.ShouldBe(new Counts(tally.Items, 0, 0));
        tally.Notes.Keys.ShouldNotContain("rows kept though their answer does not read back");
    }
}

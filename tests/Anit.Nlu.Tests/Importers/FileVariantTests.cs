using System.Text;
using Shouldly;

namespace Anit.Nlu.Tests.Importers;

/// <summary>The same records as other people's files spell them: white space, line ends, headers, masks, empty rows.</summary>
public sealed class FileVariantTests
{
    // One plain file a format, two records each.
    static readonly (string Format, string Content)[] Plain =
    [
        ("conll2003", "Ann NNP I-NP I-PER\nleft VBD I-VP O\n\nRain NN I-NP O\n"),
        ("ontonotes", "Oslo\tNNP\t*\tB-GPE\n\nRain\tNN\t*\tO\n"),
        ("ontonotes", "#begin document (x); part 000\nx 0 0 Oslo NNP (TOP* - - - - (GPE) -\n\nx 0 0 Rain NN (TOP* - - - - * -\n#end document\n"),
        ("nyt", "{\"text\": \"Ann left\", \"triple_list\": []}\n{\"text\": \"Rain\", \"triple_list\": []}\n"),
        ("scierc", "{\"sentences\": [[\"Ann\", \"left\"]], \"relations\": [[]]}\n{\"sentences\": [[\"Rain\"]], \"relations\": [[]]}\n"),
        ("sst2", "a fine day\t1\nso dull\t0\n"),
        ("agnews", "\"4\",\"A chip\",\"It is fast\"\n\"1\",\"Rain\",\"It rains\"\n"),
        ("14lap", "Great food .####[([1], [0], 'POS')]\nJust lunch .####[]\n"),
        ("chat", "{\"messages\": [{\"role\": \"user\", \"content\": \"Add.\"}, {\"role\": \"assistant\", \"content\": \"3\"}]}\n"
            + "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Ho\"}]}\n"),
        ("alpaca", "{\"instruction\": \"Add.\", \"output\": \"3\"}\n{\"instruction\": \"Hi\", \"output\": \"Ho\"}\n"),
    ];

    static List<NluRow> Import(string format, string content, ImportTally? tally = null, ImportOptions? options = null) =>
        [.. DatasetImporter.Read(format, [new("in", () => new MemoryStream(Encoding.UTF8.GetBytes(content)))], options ?? new(), tally ?? new())];

    static string[] Shown(IEnumerable<NluRow> rows) => [.. rows.Select(r => $"{r.Id}|{r.Instruction}|{r.Text}|{r.Target}")];

    [Fact]
    public void Every_format_reads_the_same_with_byte_order_marks_carriage_returns_and_blank_lines()
    {
        foreach (var (format, content) in Plain)
        {
            var plain = Shown(Import(format, content));
            plain.Length.ShouldBe(2, format);
            Shown(Import(format, "\uFEFF" + content.Replace("\n", "\r\n", StringComparison.Ordinal))).ShouldBe(plain, format);
            Shown(Import(format, content + " \t\n\n")).ShouldBe(plain, format);
            Shown(Import(format, content.TrimEnd('\n'))).ShouldBe(plain, format);
            // Two files that cat joined: the second one's mark stands in the middle.
            Import(format, $"\uFEFF{content}\n\uFEFF{content}").Select(r => r.Target)
                .ShouldBe([.. Import(format, content + "\n" + content).Select(r => r.Target)], format);
        }
    }

    [Theory]
    [InlineData('\u00A0')] // no-break space
    [InlineData('\u2028')] // line separator
    [InlineData('\u0085')] // next line
    [InlineData('\u3000')] // ideographic space
    public void Other_white_space_neither_cuts_a_word_nor_ends_a_line(char space)
    {
        var word = $"San{space}Jose";
        Import("conll2003", $"{word} NNP I-NP B-LOC\n{space} NNP O O\n").Single().Text.ShouldBe($"{word} {space}");
        Import("conll2003", $"{word} NNP I-NP B-LOC\n").Single().Target.ShouldBe($"location: {word}");
        Import("ontonotes", $"{word}\tNNP\t*\tB-GPE\n").Single().Text.ShouldBe(word);
        Import("ontonotes", $"x 0 0 {word} NNP (TOP* - - - - (GPE) -\n").Single().Text.ShouldBe(word);
        Import("14lap", $"{word} shines####[([0], [1], 'POS')]\n").Single().Target.ShouldBe($"Positive: {word}, shines");
        Import("sst2", $"{word}{space}\t1\n").Single().Text.ShouldBe($"{word}{space}");
        Import("nyt", $"{{\"text\": \"{word}{space}\", \"triple_list\": []}}\n").Single().Text.ShouldBe($"{word}{space}");
        Import("alpaca", $"{{\"instruction\": \"a\", \"input\": \"{word}\", \"output\": \"b\"}}\n").Single().Text.ShouldBe(word);
        Import("agnews", $"\"1\",\"{word}\",\"b\"\n").Single().Text.ShouldBe("San Jose b"); // runs of white space become one space there
    }

    [Theory]
    [InlineData("agnews", "Class Index,Title,Description\n")]
    [InlineData("agnews", "\"class\",\"title\",\"description\"\n")]
    [InlineData("agnews", "label,title,text\n")]
    [InlineData("sst2", "sentence\tlabel\n")]
    [InlineData("sst2", "Sentence\tLabel\n")]
    public void A_header_is_no_record_in_any_of_the_files(string format, string header)
    {
        var content = Plain.First(p => p.Format == format).Content;
        var source = new ImportSource("in", () => new MemoryStream(Encoding.UTF8.GetBytes("\uFEFF" + header + content)));
        var rows = DatasetImporter.Read(format, [source, source], new(), new()).ToList();
        rows.Select(r => r.Id).ShouldBe([.. Enumerable.Range(0, 4).Select(i => $"{format}/train/{i:D6}")]);
        Shown(rows[..2]).ShouldBe(Shown(Import(format, content)));
    }

    [Fact]
    public void Four_part_aste_lines_read_like_those_of_two_parts()
    {
        const string Tags = "####Great=O food=T-POS .=O####Great=S food=O .=O";
        Shown(Import("14res", $"Great food .{Tags}####[([1], [0], 'POS')]\n"))
            .ShouldBe(Shown(Import("14res", "Great food .####[([1], [0], 'POS')]\n")));
        Should.Throw<InvalidDataException>(() => Import("14res", "Great food .####Great=O####[([1], [0], 'POS')]\n")).Message.ShouldStartWith(
            "in: line 1: found ");
    }

    [Theory]
    [InlineData("ontonotes", "#begin document (x); part 000\nx 0 0 [WORD] NNP (TOP* - - - - (GPE) -\n", 2)]
    [InlineData("ontonotes", "Oslo\tNNP\t*\tB-GPE\n[WORD]\tNNP\t*\tB-GPE\n", 2)]
    [InlineData("conll2003", "[word] NNP I-NP I-PER\n", 1)]
    public void Masked_words_are_refused_with_what_to_do_even_where_bad_records_are_skipped(string format, string content, int line) =>
        Should.Throw<InvalidDataException>(() => Import(format, content, options: new() { SkipBad = true })).Message
            .ShouldBe($"in: line {line}: found [WORD] in the place of a word, expected the words themselves; this release comes without its text: "
                + "put the words back from the corpus that it annotates (for OntoNotes, skeleton2conll), then import");

    [Fact]
    public void Alpaca_rows_without_an_output_are_left_out_and_counted_and_the_others_keep_their_ids()
    {
        var tally = new ImportTally();
        var rows = Import("alpaca", """
            [{"instruction": "a", "output": ""}, {"instruction": "b", "output": " \n\u00a0"}, {"instruction": "c", "output": "d"}]
            """, tally);
        rows.Single().Id.ShouldBe("alpaca/train/000002");
        tally.Notes.Single().ShouldBe(new("rows left out because their output is empty: there is nothing to learn", 2));
        tally.Skipped.ShouldBe(0);
    }

    [Theory]
    [InlineData("nyt", "{\"text\": \" \", \"triple_list\": []}\n")]
    [InlineData("sst2", " \t1\n")]
    [InlineData("sst2", "\u00A0\t1\n")]
    [InlineData("agnews", "\"1\",\"\",\" \"\n")]
    [InlineData("14lap", "####[]\n")]
    [InlineData("14lap", " ####[]\n")]
    [InlineData("alpaca", "{\"instruction\": \" \", \"output\": \"a\"}\n")]
    [InlineData("ontonotes", "\tNNP\t*\tO\n")]
    public void A_record_without_a_text_is_bad(string format, string content) =>
        Should.Throw<InvalidDataException>(() => Import(format, content)).Message.ShouldStartWith("in: line 1: found ");

    [Fact]
    public void A_scierc_sentence_without_words_makes_no_row_and_is_counted()
    {
        var tally = new ImportTally();
        Import("scierc", "{\"sentences\": [[], [\"Rain\"]], \"relations\": [[], []]}\n", tally).Single().Id.ShouldBe("scierc/train/000001");
        tally.Notes.Single().ShouldBe(new("sentences left out because they have no words", 1));
    }
}

using System.IO.Compression;
using System.Text;
using Anit.Data;
using Shouldly;

namespace Anit.Nlu.Tests.Importers;

/// <summary>Invented records in the native formats.</summary>
public sealed class ImporterTests
{
    static ImportSource Source(byte[] bytes, string name = "in.txt") => new(name, () => new MemoryStream(bytes));

    static List<NluRow> Import(string format, string content, ImportOptions? options = null, ImportTally? tally = null) =>
        [.. DatasetImporter.Read(format, [Source(Encoding.UTF8.GetBytes(content))], options ?? new(), tally ?? new())];

    static string[] Targets(string format, string content, ImportOptions? options = null) =>
        [.. Import(format, content, options).Select(r => r.Target)];

    static string Error(string format, string content, ImportOptions? options = null) =>
        Should.Throw<InvalidDataException>(() => Import(format, content, options)).Message;

    const string Conll = """
        -DOCSTART- -X- -X- O

        Ann NNP I-NP I-PER
        Lee NNP I-NP I-PER
        Bo NNP I-NP B-PER
        left VBD I-VP O
        Oslo NNP I-NP I-LOC

        -DOCSTART- -X- O O

        Rain NN I-NP O
        """;

    [Fact]
    public void Conll_iob1_tags_become_spans_and_docstart_lines_go()
    {
        var rows = Import("conll2003", Conll);
        rows.Select(r => r.Id).ShouldBe(["conll2003/train/000000", "conll2003/train/000001"]);
        rows[0].Text.ShouldBe("Ann Lee Bo left Oslo");
        rows[0].Target.ShouldBe("person: Ann Lee; person: Bo; location: Oslo");
        rows[0].Options.ShouldBe(["location", "else", "organization", "person"]);
        rows[0].Task.ShouldBe("ner");
        rows[1].Target.ShouldBe("None");
    }

    [Fact]
    public void Conll_reads_the_same_from_gzip_with_carriage_returns_and_a_byte_order_mark()
    {
        var bytes = Encoding.UTF8.GetBytes("\uFEFF" + Conll.Replace("\n", "\r\n", StringComparison.Ordinal));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        DatasetImporter.Read("conll2003", [Source(packed.ToArray())], new(), new()).Select(r => r.Target).ShouldBe(Targets("conll2003", Conll));
    }

    [Fact]
    public void Iob2_tags_read_the_same_as_iob1() =>
        Targets("conll2003", "A x x B-PER\nB x x I-PER\nC x x B-PER\nD x x B-ORG\nE x x I-LOC\n")
            .ShouldBe(["person: A B; person: C; organization: D; location: E"]);

    [Fact]
    public void Original_labels_and_labels_from_a_file_are_used_when_asked_for()
    {
        Targets("conll2003", "A x x I-PER\n", new() { Labels = LabelNames.Original }).ShouldBe(["PER: A"]);
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "{\"PER\": \"somebody\", \"GADGET\": \"thing\"}");
        var rows = Import("conll2003", "A x x I-PER\nB x x I-GADGET\n", new() { Labels = LabelNames.Load(path) });
        File.Delete(path);
        rows[0].Target.ShouldBe("somebody: A; thing: B");
        rows[0].Options.ShouldBe(["somebody", "thing"]);
    }

    [Theory]
    [InlineData("A x I-PER\n", "in.txt: line 1: found 3 columns, expected 4 (word, part of speech, chunk, entity tag); fix the record or "
        + "pass --skip-bad")]
    [InlineData("A x x O\nB x x S-PER\n", "in.txt: line 2: found tag \"S-PER\", expected O, B-... or I-...; fix the record or pass --skip-bad")]
    [InlineData("A x x I-CAR\n", "in.txt: line 1: found label \"CAR\", expected one of LOC MISC ORG PER (--labels takes a file of others); fix the "
        + "record or pass --skip-bad")]
    public void A_bad_conll_record_is_named_with_its_line(string content, string message) => Error("conll2003", content).ShouldBe(message);

    [Fact]
    public void Bad_sentences_are_skipped_and_counted_when_asked_for_and_keep_the_ids_of_the_others()
    {
        var messages = new List<string>();
        var tally = new ImportTally { OnSkip = messages.Add };
        var rows = Import("conll2003", "A x\n\nB x x I-CAR\n\nC x x I-PER\n", new() { SkipBad = true }, tally);
        rows.Single().Id.ShouldBe("conll2003/train/000002");
        (tally.Rows, tally.Skipped, messages.Count).ShouldBe((1, 2, 2));
    }

    [Fact]
    public void Ontonotes_reads_tabs_with_bio_tags() =>
        Targets("ontonotes", "\nMay\tNNP\t(NP*\tB-DATE\n7\tCD\t*)\tI-DATE\nin\tIN\t*\tO\nOslo\tNNP\t*\tB-GPE\n")
            .ShouldBe(["date: May 7; geopolitical entity: Oslo"]);

    static string Conll2012(params string[] wordsAndEntities) => "#begin document (x); part 000\n"
        + string.Concat(wordsAndEntities.Select((w, i) => w.Length == 0 ? "\n" : $"x 0 {i} {w.Split(' ')[0]} NN (TOP* - - - - "
            + $"{w.Split(' ')[1]} * (0)\n")) + "\n#end document\n";

    [Fact]
    public void Ontonotes_reads_brackets_of_conll_2012()
    {
        var rows = Import("ontonotes", Conll2012("Mali (GPE)", "last (DATE*", "month *)", "rain *", "", "Sun *"));
        rows.Select(r => r.Target).ShouldBe(["geopolitical entity: Mali; date: last month", "None"]);
    }

    [Theory]
    [InlineData("(DATE*", "*", "line 2: found (DATE* that is never closed")]
    [InlineData("(DATE*", "(GPE)", "line 3: found entity \"(GPE)\" inside the open (DATE* of line 2")]
    [InlineData("*", "*)", "line 3: found *) with no open entity")]
    [InlineData("*", "GPE", "line 3: found entity column \"GPE\"")]
    public void Brackets_that_do_not_pair_are_refused(string first, string second, string message) =>
        Error("ontonotes", Conll2012($"a {first}", $"b {second}")).ShouldContain(message);

    const string NytLines =
        """{"sentText": "Zoe lives in Oslo , Zoe 's Norway .\r\n", "relationMentions": ["""
        + """{"em1Text": "Norway", "em2Text": "Oslo", "label": "/location/location/contains"}, """
        + """{"em1Text": "Zoe", "em2Text": "Oslo", "label": "/people/person/place_lived"}, """
        + """{"em1Text": "Zoe", "em2Text": "Oslo", "label": "/people/person/place_lived"}], "entityMentions": ["""
        + """{"start": 0, "label": "LOCATION", "text": "Norway"}, {"start": 1, "label": "PERSON", "text": "Zoe"}, """
        + """{"start": 2, "label": "LOCATION", "text": "Oslo"}, {"start": 3, "label": "PERSON", "text": "Zoe"}]}""";

    [Fact]
    public void Nyt_lines_give_relations_in_text_order_and_repeats_are_kept_and_counted()
    {
        var tally = new ImportTally();
        Import("nyt", NytLines, null, tally)
            .Single().Target.ShouldBe("place lived: Zoe, Oslo; place lived: Zoe, Oslo; location contains: Norway, Oslo");
        tally.Notes["repeated items kept"].ShouldBe(1);
        Targets("nyt", NytLines, new() { DropRepeats = true }).ShouldBe(["place lived: Zoe, Oslo; location contains: Norway, Oslo"]);
    }

    [Fact]
    public void Nyt_entities_take_the_next_occurrence_of_a_repeated_mention() =>
        Targets("nyt", NytLines, new() { Task = "ner" }).ShouldBe(["person: Zoe; location: Oslo; person: Zoe; location: Norway"]);

    [Fact]
    public void Nyt_triple_lists_are_read_from_an_indented_array()
    {
        var json = "[\n  {\n    \"text\": \"Zoe left Medellin .\",\n    \"triple_list\": [[\"Medell\\u00edn\", \"/people/person/children\", "
            + "\"Zoe\"], [\"Zoe\", \"/people/person/place_of_birth\", \"Medellin\"]]\n  },\n  {\"text\": \"Rain .\", \"triple_list\": []}\n]";
        var tally = new ImportTally();
        Import("nyt", json, null, tally).Select(r => r.Target).ShouldBe(["place of birth: Zoe, Medellin; children: Medellín, Zoe", "None"]);
        tally.Notes["spans that do not stand in their text"].ShouldBe(1);
        Error("nyt", json, new() { Task = "ner" }).ShouldContain("line 2: found no entityMentions");
    }

    const string Sci =
        """{"doc_key": "d", "sentences": [["We", "use", "a", "parser", "."], ["It", "beats", "the", "old", "tagger", "."]],"""
        + """ "ner": [[[3, 3, "Method"]], [[9, 9, "Method"], [8, 9, "Method"], [5, 5, "Generic"]]],"""
        + """ "relations": [[], [[5, 5, 8, 9, "COMPARE"]]], "clusters": []}""";

    [Fact]
    public void Scierc_spans_count_tokens_of_the_document_and_may_nest()
    {
        Targets("scierc", Sci).ShouldBe(["None", "compare: It, old tagger"]);
        var rows = Import("scierc", Sci, new() { Task = "ner" });
        rows.Select(r => r.Target).ShouldBe(["method: parser", "generic: It; method: old tagger; method: tagger"]);
        rows[1].Id.ShouldBe("scierc/train/000001");
    }

    [Theory]
    [InlineData("[5, 5, 8, 9,", "[5, 5, 8, 11,", "line 1: found span 8 to 11, expected tokens 5 to 10 of its sentence")]
    [InlineData("[5, 5, 8, 9,", "[4, 5, 8, 9,", "line 1: found span 4 to 5, expected tokens 5 to 10 of its sentence")]
    [InlineData("[5, 5, 8, 9, \"COMPARE\"]", "[5, 5, \"COMPARE\"]", "line 1: found an annotation of 3 parts, expected [start, end, "
        + "start, end, type]")]
    [InlineData("[5, 5, 8, 9,", "[5, 5, 8, 2147483648,", "line 1: found \"2147483648\", expected a whole number")]
    public void A_bad_scierc_annotation_is_named(string old, string changed, string message) =>
        Error("scierc", Sci.Replace(old, changed, StringComparison.Ordinal)).ShouldContain(message);

    [Fact]
    public void Sst2_reads_with_and_without_header()
    {
        var rows = Import("sst2", "sentence\tlabel\na fine day \t1\nso dull \t0\n");
        rows.Select(r => $"{r.Text}={r.Target}").ShouldBe(["a fine day=label: positive", "so dull=label: negative"]);
        Targets("sst2", "a fine day\t1").ShouldBe(["label: positive"]);
        Error("sst2", "0\ta\tb\n").ShouldContain("line 1: found 3 columns, expected 2 separated by a tab");
        Error("sst2", "sentence\tlabel\na\t2\n").ShouldContain("line 2: found label \"2\"");
    }

    [Fact]
    public void Agnews_unquotes_turns_backslashes_to_spaces_and_decodes_html_when_asked_for()
    {
        const string Row = "\"4\",\"The \"\"X\"\" chip, new\",\"It#39;s a fast\\chip &lt;b&gt;now&lt;/b&gt; quot;yesquot; R&amp;D\"\n";
        Import("agnews", Row).Single().Text.ShouldBe("The \"X\" chip, new It#39;s a fast chip &lt;b&gt;now&lt;/b&gt; quot;yesquot; R&amp;D");
        var decoded = Import("agnews", Row, new() { DecodeHtml = true }).Single();
        decoded.Text.ShouldBe("The \"X\" chip, new It#39;s a fast chip <b>now</b> \"yesquot; R&D");
        decoded.Target.ShouldBe("label: Sci/Tech");
        decoded.Options.ShouldBe(["World", "Sports", "Business", "Sci/Tech"]);
    }

    [Theory]
    [InlineData("\"1\",\"a\n", "line 1: found a quote that is never closed")]
    [InlineData("\"1\",\"a\"x,\"b\"\n", "line 1: found \"x,\"b\"\" after a closing quote")]
    [InlineData("\"1\",\"a\"\n", "line 1: found 2 fields, expected 3 (class, title, description)")]
    [InlineData("Class,Title,Body\n", "line 1: found label \"Class\"")]
    public void A_bad_agnews_row_is_named(string content, string message) => Error("agnews", content).ShouldContain(message);

    [Fact]
    public void Aste_triplets_are_ordered_by_aspect_then_opinion()
    {
        var rows = Import("14res", "The food was good and cheap , waiters rude .####[([7], [8], 'NEG'), ([1], [5], 'POS'), ([1], [3], 'POS')]\nJust "
            + "lunch .####[]\n");
        rows.Select(r => r.Target).ShouldBe(["Positive: food, good; Positive: food, cheap; Negative: waiters, rude", "None"]);
        rows[0].Id.ShouldBe("14res/train/000000");
    }

    [Theory]
    [InlineData("No list", "found \"No list\"")]
    [InlineData("a b####[([0], [1], 'BAD')]", "found label \"BAD\"")]
    [InlineData("a b####[([0], [2], 'POS')]", "found tokens [2], expected neighbours from 0 to 1")]
    [InlineData("a b c####[([0, 2], [1], 'POS')]", "found tokens [0, 2]")]
    [InlineData("a b####[([0], [1], 'POS')", "found triplets")]
    [InlineData("a b####[([99999999999], [1], 'POS')]", "found tokens [99999999999]")]
    public void A_bad_aste_line_is_named(string content, string message) => Error("14lap", content).ShouldContain(message);

    [Theory]
    [InlineData("[{\"instruction\": \"Add.\", \"input\": \"1\\n2\", \"output\": \"3\"}, {\"instruction\": \"Hi\", \"input\": \"\", "
        + "\"output\": \"Ho\"}]")]
    [InlineData("{\"instruction\": \"Add.\", \"input\": \"1\\n2\", \"output\": \"3\"}\n\n{\"instruction\": \"Hi\", \"output\": \"Ho\", "
        + "\"extra\": 1}\n")]
    [InlineData("\uFEFF [\n{\"instruction\": \"Add.\", \"input\": \"1\\n2\", \"output\": \"3\"},\n{\"instruction\": \"Hi\", \"input\": null, "
        + "\"output\": \"Ho\"}\n]\n")]
    public void Alpaca_is_an_array_or_lines(string content)
    {
        var rows = Import("alpaca", content, new() { Split = "all" });
        rows.Select(r => $"{r.Id} {r.Task} {r.Instruction} {r.Text ?? "-"} {r.Target}")
            .ShouldBe(["alpaca/all/000000 other Add. 1\n2 3", "alpaca/all/000001 other Hi - Ho"]);
        rows[0].Options.ShouldBeNull();
    }

    [Theory]
    [InlineData("[{\"instruction\": \"a\", \"output\": \"b\"},\n{\"instruction\": 3, \"output\": \"b\"}]", "in.txt: line 2: found \"3\" in "
        + "\"instruction\", expected a string")]
    [InlineData("[\n{\"instruction\": \"a\"}]", "in.txt: line 2: found no field \"output\", expected one with a string")]
    [InlineData("[{\"instruction\": \"a\", \"output\": \"b\"},\n{oops}]", "in.txt: line 2: found text that is no JSON")]
    [InlineData("[{\"instruction\": \"a\", \"output\": \"b\"},\n", "in.txt: line 2: found ")]
    [InlineData("{\"instruction\": \"a\", \"output\": \"b\"}\nhello\n", "in.txt: line 2: found text that is no JSON (\"hello\")")]
    [InlineData("{\"instruction\": \"\\ud800\", \"output\": \"b\"}\n", "in.txt: line 1: found half of a surrogate pair")]
    [InlineData("3\n", "in.txt: line 1: found \"3\", expected an object")]
    public void A_bad_alpaca_record_is_named(string content, string message) => Error("alpaca", content).ShouldStartWith(message);

    [Theory]
    [InlineData("chat", "messages", "role", "content", "user", "assistant")]
    [InlineData("sharegpt", "conversations", "from", "value", "human", "gpt")]
    public void One_question_and_its_answer_is_a_row_and_the_way_back_gives_the_turns(string format, string list, string role, string content,
        string user, string assistant)
    {
        string Turn(string who, string? what) => $"{{\"{role}\": \"{who}\", \"{content}\": {(what is null ? "null" : $"\"{what}\"")}}}";
        string Chat(params string[] turns) => $"{{\"{list}\": [{string.Join(", ", turns)}], \"extra\": 1}}\n";
        var tally = new ImportTally();
        var rows = Import(format, Chat(Turn("system", "Be brief."), Turn(user, "Why?"), Turn(assistant, "So."))
            + Chat(Turn(user, "Add 1\\nand 2."), Turn(assistant, "3")) + Chat(Turn(user, "a"), Turn(assistant, "b"), Turn(user, "c"))
            + Chat(Turn(user, "a"), Turn(assistant, null)) + Chat(Turn(user, "Hi"), Turn(assistant, "Ho")), tally: tally);
        rows.Select(r => $"{r.Id} {r.Task} {r.Instruction} {r.Text ?? "-"} {r.Target}").ShouldBe([$"{format}/train/000000 other Be brief. Why? So.",
            $"{format}/train/000001 other Add 1\nand 2. - 3", $"{format}/train/000004 other Hi - Ho"]);
        rows[2] = rows[2] with { NoisyInstruction = "Hi Hi" };
        var back = ChatTable.Of(rows);
        var messages = (ListColumn)back["messages"];
        var turns = (StructColumn)messages.Items;
        messages.Offsets.ToArray().ShouldBe([0, 3, 5, 7]);
        Enumerable.Range(0, 7).Select(i => $"{turns.Children[0].Text(i)}: {turns.Children[1].Text(i)}").ShouldBe(["system: Be brief.", "user: Why?",
            "assistant: So.", "user: Add 1\nand 2.", "assistant: 3", "user: Hi Hi", "assistant: Ho"]);
        Error(format, "{\"" + list + "\": 3}\n").ShouldStartWith("in.txt: line 1: found \"3\", expected an array");
        Error(format, "{\"instruction\": \"a\"}\n").ShouldStartWith($"in.txt: line 1: found no field \"{list}\", expected one with an array");
    }

    [Fact]
    public void Records_across_buffer_edges_come_whole()
    {
        var records = Enumerable.Range(0, 3_000).Select(i => $"{{\"instruction\": \"i{i}\", \"output\": \"{new string('é', i % 97)}{i}\"}}").ToList();
        var expected = Enumerable.Range(0, 3_000).Select(i => $"{new string('é', i % 97)}{i}").ToArray();
        Targets("alpaca", $"[{string.Join(",\n", records)}]").ShouldBe(expected);
        Targets("alpaca", string.Join("\n", records)).ShouldBe(expected);
        Targets("alpaca", $"[{{\"instruction\": \"i\", \"output\": \"{new string('x', 300_000)}\"}}]").Single().Length.ShouldBe(300_000);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused_with_their_line() =>
        Should.Throw<InvalidDataException>(() => DatasetImporter
            .Read("sst2", [Source([(byte)'a', 9, (byte)'1', 10, 0xE9, 9, (byte)'1'])], new(), new()).ToList())
            .Message.ShouldBe("in.txt: line 2: found bytes that are no UTF-8, expected UTF-8 text; convert the file with iconv");

    [Fact]
    public void A_gzip_file_cut_short_is_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("good \t1\n", 50_000))));
        var cut = packed.ToArray()[..(int)(packed.Length / 2)];
        Should.Throw<InvalidDataException>(() => DatasetImporter.Read("sst2", [Source(cut)], new(), new())
            .Count()).Message.ShouldContain("in.txt: line ");
    }

    [Fact]
    public void An_answer_that_would_read_differently_is_kept_skipped_or_refused()
    {
        const string Content = "x x x I-PER\n; x x I-PER\nperson x x I-PER\n: x x I-PER\nz x x I-PER\n";
        var tally = new ImportTally();
        Import("conll2003", Content, null, tally).Count.ShouldBe(1);
        tally.Notes["rows kept though their answer does not read back"].ShouldBe(1);
        Import("conll2003", Content, new() { OnConflict = OnConflict.Skip }).ShouldBeEmpty();
        Error("conll2003", Content, new() { OnConflict = OnConflict.Error }).ShouldContain("line 1: found values that make the answer");
    }

    [Fact]
    public void Row_numbers_run_on_over_several_files_and_the_dataset_can_be_renamed()
    {
        var source = Source(Encoding.UTF8.GetBytes("good\t1\n"));
        DatasetImporter.Read("sst2", [source, source], new() { Dataset = "mine", Split = "dev" }, new()).Select(r => r.Id)
            .ShouldBe(["mine/dev/000000", "mine/dev/000001"]);
    }

    [Fact]
    public void Unknown_formats_and_tasks_are_refused_with_what_there_is()
    {
        Should.Throw<ArgumentException>(() => Import("conll", "")).Message.ShouldStartWith("format \"conll\" is none of 14lap, 14res, agnews, "
            + "alpaca, chat, conll2003, nyt, ontonotes, scierc, sharegpt, sst2");
        Should.Throw<ArgumentException>(() => Import("sst2", "", new() { Task = "ner" })).Message.ShouldStartWith("sst2 has no annotation for the "
            + "task \"ner\", only tc");
    }

    [Fact]
    public void Empty_files_give_no_rows()
    {
        foreach (var format in DatasetImporter.Names) Import(format, "").ShouldBeEmpty(format);
    }
}

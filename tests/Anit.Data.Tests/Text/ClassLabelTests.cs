using Shouldly;

namespace Anit.Data.Tests.Text;

public sealed class ClassLabelTests
{
    // As load_dataset("conll2003").to_parquet() of the datasets library writes it, shortened.
    const string Info = """
        {"info": {"features": {"id": {"dtype": "string", "_type": "Value"},
          "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"},
          "ner_tags": {"feature": {"names": ["O", "B-PER", "I-PER"], "_type": "ClassLabel"}, "_type": "Sequence"},
          "old_tags": [{"num_classes": 2, "names": ["x", "y"], "_type": "ClassLabel"}],
          "label": {"names": ["negative", "positive"], "_type": "ClassLabel"}}}}
        """;

    [Fact]
    public void Ids_and_lists_of_ids_become_names()
    {
        var schema = new Schema([new("ner_tags", DataType.ListOf(DataType.Int64)), new("label", DataType.Int64), new("n", DataType.Int64)])
            .WithMetadata("huggingface", Info);
        var tags = new ListBuilder((ListType)schema["ner_tags"].Type);
        foreach (var id in new long[] { 1, 2, 0 }) ((FixedBuilder<long>)tags.Items).Append(id);
        tags.EndList();
        tags.EndList();
        var batch = new ColumnBatch(schema,
            [tags.Build(), new FixedColumn<long>(DataType.Int64, [1, -1]), new FixedColumn<long>(DataType.Int64, [5, 6])]);

        var labels = ClassLabels.Read(schema);
        labels.Columns.ShouldBe(["ner_tags", "old_tags", "label"]);
        var named = labels.Named(batch);
        named["ner_tags"].TextList(0).ShouldBe(["B-PER", "I-PER", "O"]);
        named["ner_tags"].TextList(1).ShouldBe([]);
        (named["label"].Text(0), named["label"].Text(1)).ShouldBe(("positive", null));
        named["n"].Integer(0).ShouldBe(5);
        named.Schema["ner_tags"].Type.ShouldBe(DataType.ListOf(DataType.Utf8));
    }

    [Fact]
    public void An_id_without_a_name_is_an_error()
    {
        var schema = new Schema([new("label", DataType.Int64)]).WithMetadata("huggingface", Info);
        var error = Should.Throw<DataFormatException>(() => ClassLabels.Read(schema).Named("label", new FixedColumn<long>(DataType.Int64, [2])));
        error.Message.ShouldContain("label 2, but the column has the 2 labels negative, positive");
    }
}

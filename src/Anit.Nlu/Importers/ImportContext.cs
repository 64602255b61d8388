namespace Anit.Nlu.Importers;

/// <summary>A gold item with the place it is ordered by: start and end of its first and of its second span.</summary>
readonly record struct GoldItem(AnswerItem Item, (int, int) First = default, (int, int) Second = default);

/// <summary>What every importer needs: sources, labels, options, and the one way to make a row or to refuse a record.</summary>
sealed class ImportContext(ImportPlan plan, IReadOnlyList<ImportSource> sources, ImportOptions options, ImportTally tally)
{
    readonly string task = plan.Task;
    readonly LabelTable labels = new(plan.Labels);
    readonly ImportLoop loop = new(options, tally);
    readonly LabelSet labelSet = new(plan.Labels.Select(l => l.Name));

    public string Task => task;

    public ImportOptions Options => options;

    public void Note(string what) => tally.Note(what);

    /// <summary>The rows of all sources; see <see cref="ImportLoop.Rows"/>.</summary>
    public IEnumerable<NluRow> Rows<T>(Func<ImportSource, IEnumerable<T?>> records, Func<T, long, NluRow?> row) where T : class =>
        loop.Rows(sources, records, row);

    /// <summary>What can be read of a record; see <see cref="ImportLoop.Read"/>.</summary>
    public T? Read<T>(Func<T?> read) where T : class => loop.Read(read);

    /// <summary>The name of a label code.</summary>
    public string Name(string code, RecordPlace at) => labels.Find(code)
        ?? throw at.Bad($"label {Shown.Of(code)}", $"one of {string.Join(" ", labels.Codes)} (--labels takes a file of others)");

    /// <summary>A classification row.</summary>
    public NluRow Class(long number, string text, string label)
    {
        var draw = new RowDraw(options, Id(number));
        return Counted(Row(draw, text, AnswerGrammar.Write(task, [new(label)]), draw.Labels(labels.Options, label)), 1);
    }

    /// <summary>A free-text row.</summary>
    public NluRow Free(long number, string instruction, string? text, string target) =>
        Counted(new() { Id = Id(number), Task = task, Instruction = instruction, Text = text, Target = target }, 1);

    /// <summary>A row of items, ordered by place and then by label; null when its answer does not read back and such rows are left out.</summary>
    public NluRow? Items(long number, string text, IEnumerable<GoldItem> gold, RecordPlace at)
    {
        var draw = new RowDraw(options, Id(number));
        var asked = draw.Labels(labels.Options);
        if (options.LabelSubsets) gold = gold.Where(g => asked.Contains(g.Item.Label));
        var items = gold.OrderBy(g => g.First).ThenBy(g => g.Second).ThenBy(g => g.Item.Label, StringComparer.Ordinal).Select(g => g.Item).ToList();
        var distinct = items.Distinct().ToList();
        if (task != NluTask.Ner || options.DropRepeats)
            tally.Note(options.DropRepeats ? "repeated items dropped" : "repeated items kept", items.Count - distinct.Count);
        if (options.DropRepeats) items = distinct;

        var target = AnswerGrammar.Write(task, items);
        if (!ReadsBack(target, items, text))
        {
            if (options.OnConflict == OnConflict.Error)
                throw at.Bad($"values that make the answer {Shown.Of(target)} read differently", "values without \"; label:\" and with clear commas");
            tally.Note(options.OnConflict == OnConflict.Skip
                ? "rows left out because their answer does not read back" : "rows kept though their answer does not read back");
            if (options.OnConflict == OnConflict.Skip) return null;
        }
        return Counted(Row(draw, text, target, asked), items.Count);
    }

    NluRow Row(RowDraw draw, string text, string target, IReadOnlyList<string> asked)
    {
        var wording = draw.Wording(plan.Wordings);
        var filled = wording.Fill(asked);
        return new()
        {
            Id = draw.Id,
            Task = task,
            Instruction = filled.Instruction,
            Question = filled.Question,
            Format = filled.Format,
            Options = wording.NamesLabels ? null : asked,
            Text = text,
            Target = target,
        };
    }

    string Id(long number) => $"{plan.Dataset}/{options.Split}/{number:D6}";

    NluRow Counted(NluRow row, int items)
    {
        tally.Rows++;
        tally.Items += items;
        return row;
    }

    bool ReadsBack(string target, List<AnswerItem> items, string text) =>
        AnswerGrammar.Parse(target, task, labelSet, text).Items
            .SequenceEqual(items.Select(i => new AnswerItem(Spelling.Strict(i.Label), Spelling.Strict(i.First), Spelling.Strict(i.Second))));
}

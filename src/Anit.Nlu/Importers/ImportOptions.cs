namespace Anit.Nlu.Importers;

/// <summary>How a dataset's native files become rows.</summary>
public sealed record ImportOptions
{
    /// <summary>Name of the split in row ids.</summary>
    public string Split { get; init; } = "train";

    /// <summary>Name of the dataset in row ids and instruction lookup; null for the format's own name.</summary>
    public string? Dataset { get; init; }

    /// <summary>The task to make of a dataset that has annotations for several (scierc, nyt); null for the usual one.</summary>
    public string? Task { get; init; }

    /// <summary>Wording of the instructions.</summary>
    public InstructionSet Instructions { get; init; } = InstructionSet.Concise;

    /// <summary>Each row asks only for some of the labels, drawn anew for each: its options and its answer hold no others.</summary>
    /// <remarks>Of the labels of a classification row its own is always among them. An answer may be empty. An adapter that learns from such
    /// rows has to read what is asked, as in the negative sampling of labels of UIE (Lu et al., ACL 2022) and of GoLLIE.</remarks>
    public bool LabelSubsets { get; init; }

    /// <summary>Seed of what is drawn for a row: its wording where there are several, its labels.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Names of the labels in options and answers.</summary>
    public LabelNames Labels { get; init; } = LabelNames.Natural;

    /// <summary>Skip and count records that are not in the format, instead of stopping at the first.</summary>
    public bool SkipBad { get; init; }

    /// <summary>What to do with a row whose gold answer cannot be read back, because a value looks like the start of another item.</summary>
    public OnConflict OnConflict { get; init; } = OnConflict.Keep;

    /// <summary>Leave out gold items that repeat an earlier one of their row.</summary>
    public bool DropRepeats { get; init; }

    /// <summary>Decode what is left of HTML in AG News: <c>#39;</c>, <c>quot;</c>, <c>&amp;lt;b&amp;gt;</c>.</summary>
    public bool DecodeHtml { get; init; }
}

/// <summary>What to do with a gold answer that the grammar cannot express without doubt.</summary>
public enum OnConflict
{
    /// <summary>Keep the row and count it.</summary>
    Keep,

    /// <summary>Leave the row out and count it.</summary>
    Skip,

    /// <summary>Stop with an error.</summary>
    Error,
}

/// <summary>One input of an import: a name for messages and row errors, and its bytes, gzipped or not.</summary>
public sealed record ImportSource(string Name, Func<Stream> Open)
{
    /// <summary>A file.</summary>
    public static ImportSource File(string path) => new(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16));
}

/// <summary>What an import met: rows and items, and everything it did not take as it came.</summary>
public sealed class ImportTally
{
    readonly SortedDictionary<string, long> notes = new(StringComparer.Ordinal);

    /// <summary>Called with the message of each record skipped.</summary>
    public Action<string>? OnSkip { get; init; }

    /// <summary>Rows given out.</summary>
    public long Rows { get; internal set; }

    /// <summary>Gold items in those rows.</summary>
    public long Items { get; internal set; }

    /// <summary>Records skipped as not in the format.</summary>
    public long Skipped { get; private set; }

    /// <summary>Everything else worth knowing, by what it is: "repeated items kept", "answers that do not read back".</summary>
    public IReadOnlyDictionary<string, long> Notes => notes;

    internal void Note(string what, long count = 1)
    {
        if (count > 0) notes[what] = notes.GetValueOrDefault(what) + count;
    }

    internal void Skip(string message)
    {
        Skipped++;
        OnSkip?.Invoke(message);
    }
}

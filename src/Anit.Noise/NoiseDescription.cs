namespace Anit.Noise;

/// <summary>What a kind of noise draws from beside the instruction.</summary>
[Flags]
public enum NoiseNeeds
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>A vocabulary; the words drawn are counted in the manifest.</summary>
    Vocabulary = 1,

    /// <summary>Texts of other rows; there may be too few of them.</summary>
    Texts = 2,
}

/// <summary>What an operator says about itself: all that the command line, the receipts and the tables know of it.</summary>
/// <param name="Name">As in <c>--noise NAME</c> and in the column <c>noise</c>; ASCII.</param>
/// <param name="Help">What it does, in one line.</param>
/// <param name="Example">A clean instruction and what may come of it, with an arrow between.</param>
/// <param name="Make">Makes the operator.</param>
public sealed record NoiseDescription(string Name, string Help, string Example, Func<NoiseSetup, INoise> Make)
{
    /// <summary>Goes up when the same settings and seed give other noise.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What it draws from.</summary>
    public NoiseNeeds Needs { get; init; }

    /// <summary>Whether it is one of the paper's six.</summary>
    public bool IsOfPaper { get; init; }

    /// <summary>Settings of its own, which become options of anit-noise.</summary>
    public IReadOnlyList<NoiseSetting> Settings { get; init; } = [];

    /// <summary>What of its settings decides the noise, for receipts: keys and values of JSON (text or bool).</summary>
    public Func<NoiseSetup, IEnumerable<(string Key, object Value)>> Receipt { get; init; } = _ => [];
}

/// <summary>A setting of one kind of noise: a switch, unless it has words to choose from or is a table.</summary>
/// <param name="Name">As on the command line, <c>--shuffle</c>.</param>
/// <param name="Help">What it does, in one line.</param>
public sealed record NoiseSetting(string Name, string Help)
{
    /// <summary>The words to choose from; the first is the default.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The text columns of the table that the setting names.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Whether the noise can do nothing without it.</summary>
    public bool Required { get; init; }

    /// <summary>Rows of such a table, with which the kind's example can be made.</summary>
    public IReadOnlyList<string[]> Sample { get; init; } = [];
}

/// <summary>What an operator is made from.</summary>
/// <param name="Strength">How many words.</param>
public sealed record NoiseSetup(Strength Strength)
{
    /// <summary>Words to draw from.</summary>
    public Vocabulary Vocabulary { get; init; } = Vocabulary.English;

    /// <summary>Texts of other rows.</summary>
    public ContextPool Texts { get; init; } = new();

    /// <summary>The settings given that are no tables: a word, or empty for a switch.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();

    /// <summary>The rows of the tables given, a text a column.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string[]>> Tables { get; init; } = new Dictionary<string, IReadOnlyList<string[]>>();

    /// <summary>Whether a switch is on.</summary>
    public bool Has(NoiseSetting setting) => Given.ContainsKey(setting.Name);

    /// <summary>The word chosen, or the default.</summary>
    public string Word(NoiseSetting setting) => Given.GetValueOrDefault(setting.Name, setting.Words[0]);

    /// <summary>The rows of a table; null where none is given.</summary>
    public IReadOnlyList<string[]>? Table(NoiseSetting setting) => Tables.GetValueOrDefault(setting.Name);
}

namespace Anit.Nlu.Importers;

/// <summary>Where a record begins, for messages: its file and line.</summary>
readonly record struct RecordPlace(string Source, long Line)
{
    /// <summary>Says that the record is not in its format: what was found there and what was expected.</summary>
    public InvalidDataException Bad(string found, string expected, Exception? cause = null) =>
        new($"{Source}: line {Line}: found {found}, expected {expected}; fix the record or pass --skip-bad", cause);
}

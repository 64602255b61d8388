namespace Anit.Nlu;

/// <summary>Says where a record is not in its format, what was found there and what was expected.</summary>
static class BadRecord
{
    public static InvalidDataException At(string source, long line, string found, string expected, Exception? cause = null) =>
        new($"{source}: line {line}: found {found}, expected {expected}; fix the record or pass --skip-bad", cause);
}

namespace Anit.Tools;

/// <summary>Words for a command line that a user may paste.</summary>
static class Shell
{
    /// <summary>A word as the shell reads it back: in quotes where it holds more than letters, digits and the marks of paths.</summary>
    public static string Word(string text) =>
        text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or ',' or '=')
            ? text : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

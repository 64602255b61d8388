using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Anit.Cli;

/// <summary>What the system said when a file could not be read or written, as a line: which file, why, what to do.</summary>
static partial class SystemFault
{
    // errno, which is IOException.HResult on Unix
    const int Io = 5, TooManyInAll = 23, TooMany = 24, TooLarge = 27, NoSpace = 28, ReadOnly = 30, Quota = 122;

    /// <summary>The line for an error of a file system; null for any other error.</summary>
    public static string? Line(Exception error) => error switch
    {
        UnauthorizedAccessException => $"{Named(error.Message) ?? "a file"}: permission denied; choose another place, or change its mode or owner",
        IOException { HResult: > 0 and < 4096 } => Line(Named(error.Message), error.HResult),
        // A file made with its length known beforehand has an error of its own, without errno.
        IOException when Preallocated().Match(error.Message) is { Success: true } found =>
            Line(found.Groups[1].Value, found.Groups[2].Value == "disk was full" ? NoSpace : TooLarge),
        // What .NET says to EFBIG.
        ArgumentOutOfRangeException when error.Message.StartsWith("Specified file length was too large", StringComparison.Ordinal) =>
            Line(null, TooLarge),
        IOException => error.Message,
        _ => null,
    };

    static string Line(string? path, int errno)
    {
        var (reason, advice) = errno switch
        {
            NoSpace => ("no space left on its disk", "free some and run again"),
            Quota => ("no space left within the quota", "free some and run again"),
            TooLarge => ("the file would be larger than its file system or the limit of this process allows", "see ulimit -f"),
            Io => ("the disk failed (input/output error)", "see the system's log, choose another disk"),
            ReadOnly => ("its file system is read-only", "choose another place"),
            TooMany or TooManyInAll => ("too many open files", "raise the limit (ulimit -n)"),
            _ => (Marshal.GetPInvokeErrorMessage(errno), ""),
        };
        return $"{path ?? "the output"}: {reason}{(advice.Length > 0 ? "; " + advice : "")}";
    }

    // "No space left on device : '/path'" and "Access to the path '/path' is denied."
    static string? Named(string message) => Quoted().Match(message) is { Success: true } found ? found.Groups[1].Value : null;

    [GeneratedRegex("'(.+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("^Failed to create '(.+)' with allocation size '[0-9]+' because the (disk was full|file was too large)")]
    private static partial Regex Preallocated();
}

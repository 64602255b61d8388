using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>The system's own words for why a file operation failed, without the path that it failed on.</summary>
static class Errno
{
    /// <summary>Such as "No space left on device".</summary>
    public static string Reason(Exception error) => error switch
    {
        UnauthorizedAccessException { InnerException: IOException inner } => Reason(inner),
        UnauthorizedAccessException => "permission denied",
        DirectoryNotFoundException => "there is no such directory",
        FileNotFoundException => "its file system makes no new files there",
        PathTooLongException => "the name is too long",
        IOException { HResult: > 0 and < 4096 } => Marshal.GetPInvokeErrorMessage(error.HResult), // errno, on Unix
        _ => error.Message,
    };
}

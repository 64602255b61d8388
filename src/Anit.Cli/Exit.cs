namespace Anit.Cli;

/// <summary>What the tools' exit codes mean; scripts and job schedulers rely on them.</summary>
public static class Exit
{
    /// <summary>The work is done, also when the reader of our pipe closed it early.</summary>
    public const int Done = 0;

    /// <summary>The work failed: a full disk, a device, a model that does not fit.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The input data is bad.</summary>
    public const int BadData = 3;

    /// <summary>The network or a remote service failed.</summary>
    public const int Network = 4;

    /// <summary>A bug of ours; comes with its stack trace.</summary>
    public const int Bug = 70;

    /// <summary>Stopped on request after writing a checkpoint: queue the job again (EX_TEMPFAIL).</summary>
    public const int Stopped = 75;

    /// <summary>Interrupted from the keyboard (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Terminated by a signal (128 + SIGTERM).</summary>
    public const int Terminated = 143;
}

/// <summary>An error whose message is one whole line for the user: where, what was found, what was expected, what to do.</summary>
/// <param name="message">The line, without the tool's name.</param>
/// <param name="code">The exit code, see <see cref="Exit"/>.</param>
public sealed class UserError(string message, int code = Exit.Failed) : Exception(message)
{
    /// <summary>The process's exit code.</summary>
    public int Code { get; } = code;
}

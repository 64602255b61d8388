using System.Runtime.InteropServices;
using System.Text;

namespace Anit.Cli;

/// <summary>Standard streams that the caller closed, as <c>&lt;&amp;-</c> does, or that fail.</summary>
/// <remarks>The number of a closed stream is given to the next file that the runtime opens: reading it would wait for ever, and
/// writing to it would harm the runtime. A stream of the caller's has come through exec, so it cannot carry FD_CLOEXEC;
/// the runtime's files all do.</remarks>
static partial class ClosedStreams
{
    const int GetFlags = 1, CloseOnExec = 1; // F_GETFD and FD_CLOEXEC of fcntl(2)

    static readonly bool[] Closed = [.. Enumerable.Range(0, 3).Select(IsClosed)];

    /// <summary>Makes the console's writers safe: output that goes nowhere is an error, a message that goes nowhere is not.</summary>
    public static void Install()
    {
        if (Closed[1]) Console.SetOut(new Refusing());
        Console.SetError(Closed[2] ? TextWriter.Null : new Lenient(Console.Error));
    }

    /// <summary>Refuses a closed standard input.</summary>
    public static void CheckInput()
    {
        if (Closed[0]) throw new UserError("no input: standard input is closed; name a file or pipe a table in", Exit.Usage);
    }

    /// <summary>Refuses a closed standard output.</summary>
    public static void CheckOutput()
    {
        if (Closed[1]) throw new UserError("standard output is closed; redirect it to a file or a pipe");
    }

    static bool IsClosed(int handle) => !OperatingSystem.IsWindows() && Control(handle, GetFlags) is var flags
        && (flags < 0 || (flags & CloseOnExec) != 0);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int handle, int command);

    sealed class Refusing : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;
        public override void Write(char value) => CheckOutput();
    }

    /// <summary>Standard error may be full or broken: the work goes on, and the exit code still tells.</summary>
    sealed class Lenient(TextWriter inner) : TextWriter
    {
        public override Encoding Encoding => inner.Encoding;
        public override void Write(char value) => Try(() => inner.Write(value));
        public override void Write(string? value) => Try(() => inner.Write(value));
        public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));
        public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

        static void Try(Action write)
        {
            try { write(); }
            catch (IOException) { }
        }
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Anit.Cli;
using Anit.Torch;

namespace Anit.Tools;

/// <summary>Memory that libtorch or .NET asked for and did not get: one line that says what to make smaller.</summary>
static partial class OutOfMemory
{
    /// <summary>Lets a command do its work; finding no memory is not a bug of ours but a failed run.</summary>
    /// <param name="command">The command.</param>
    /// <param name="advice">What to do, as the last half of a sentence.</param>
    /// <param name="work">The command's action.</param>
    public static void Guard(Command command, string advice, Func<ParseResult, CancellationToken, Task<int>> work) =>
        command.SetAction(async (given, stop) =>
        {
            try
            {
                return await work(given, stop);
            }
            catch (Exception error) when (TorchOutOfMemoryException.Is(error))
            {
                throw new UserError(Line(error.Message, advice));
            }
        });

    /// <summary>The line for libtorch's text, of which only the size that was asked for says something to a user.</summary>
    public static string Line(string text, string advice)
    {
        text = text.Split('\n', 2)[0]; // TorchSharp's has libtorch's stack below, whose functions speak of CUDA anywhere
        var size = Asked().Match(text) is not { Success: true } asked ? ""
            : $": {Size(asked.Groups[1].Value, asked.Groups[2].Value)} more were asked for";
        return $"out of memory{(text.Contains("CUDA", StringComparison.Ordinal) ? " on the GPU" : "")}{size}; {advice}";
    }

    // The CPU's allocator speaks of bytes, CUDA's of MiB and GiB.
    static string Size(string number, string unit) => unit != "bytes" ? $"{number} {unit}"
        : double.Parse(number, CultureInfo.InvariantCulture) switch
        {
            var bytes when bytes < 1e9 => $"{bytes / 1e6:0.#} MB",
            var bytes => $"{bytes / 1e9:0.#} GB",
        };

    [GeneratedRegex(@"tried to allocate ([0-9.]+) ([A-Za-z]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

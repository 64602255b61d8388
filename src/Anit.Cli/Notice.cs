using System.CommandLine;

namespace Anit.Cli;

/// <summary>Lines for the user on standard error, each with the tool's name before it.</summary>
public static class Notice
{
    /// <summary>Says one line.</summary>
    public static void Say(string line) => Console.Error.WriteLine($"{RootCommand.ExecutableName}: {line}");
}

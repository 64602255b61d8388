using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Anit.Cli;

/// <summary>Help that starts with an example that runs.</summary>
public static class Help
{
    static readonly ConditionalWeakTable<Command, string[]> Examples = [];

    /// <summary>Gives a command the example lines that its help begins with.</summary>
    public static TCommand Example<TCommand>(this TCommand command, params string[] lines) where TCommand : Command
    {
        Examples.AddOrUpdate(command, lines);
        return command;
    }

    internal static void Install(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            if (option.Action is HelpAction plain) option.Action = new ExampleFirst(plain);
    }

    sealed class ExampleFirst(HelpAction plain) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult given)
        {
            var output = given.InvocationConfiguration.Output;
            if (Examples.TryGetValue(given.CommandResult.Command, out var lines))
            {
                output.WriteLine(lines.Length > 1 ? "Examples:" : "Example:");
                foreach (var line in lines) output.WriteLine("  " + line);
                output.WriteLine();
            }
            return plain.Invoke(given);
        }
    }
}

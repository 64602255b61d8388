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

    /// <summary>From now on help has no lines broken for a terminal.</summary>
    internal static void Unwrapped(HelpOption option)
    {
        if (option.Action is ExampleFirst examples) examples.Plain.MaxWidth = int.MaxValue;
    }

    sealed class ExampleFirst(HelpAction plain) : SynchronousCommandLineAction
    {
        public HelpAction Plain { get; } = plain;

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
            using var text = new StringWriter();
            given.InvocationConfiguration.Output = text;
            var code = Plain.Invoke(given);
            given.InvocationConfiguration.Output = output;
            output.Write(Typed(text.ToString(), given.CommandResult.Command));
            return code;
        }

        // Defaults as a user types them: the parser prints members of C# enumerations.
        static string Typed(string text, Command command)
        {
            foreach (var name in command.Options.Where(o => o.ValueType.IsEnum).SelectMany(o => Enum.GetNames(o.ValueType)).Distinct())
                text = text.Replace($"[default: {name}]", $"[default: {name.ToLowerInvariant()}]", StringComparison.Ordinal);
            return text;
        }
    }
}

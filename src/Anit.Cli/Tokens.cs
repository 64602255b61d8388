using System.CommandLine;

namespace Anit.Cli;

/// <summary>Keeps a mistyped option from being swallowed as a file or column name.</summary>
static class Tokens
{
    public static void RefuseDashes(Command command)
    {
        foreach (var argument in command.Arguments)
            argument.Validators.Add(result =>
            {
                foreach (var token in result.Tokens)
                    if (token.Value.Length > 1 && token.Value[0] == '-') result.AddError($"Unrecognized option '{token.Value}'");
            });
        foreach (var option in command.Options.Where(o => o.AllowMultipleArgumentsPerToken)) // takes whatever follows, too
            option.Validators.Add(result =>
            {
                foreach (var token in result.Tokens)
                    if (token.Value.StartsWith("--", StringComparison.Ordinal)) result.AddError($"Unrecognized option '{token.Value}'");
            });
        foreach (var child in command.Subcommands) RefuseDashes(child);
    }
}

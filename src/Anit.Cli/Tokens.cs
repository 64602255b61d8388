using System.CommandLine;

namespace Anit.Cli;

/// <summary>Keeps a mistyped option from being swallowed as a file name.</summary>
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
        foreach (var child in command.Subcommands) RefuseDashes(child);
    }
}

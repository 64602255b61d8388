using System.CommandLine.Parsing;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary>Options that are a small language: their faults name the option and the character.</summary>
static class Parsed
{
    /// <summary>Reads the value of an option.</summary>
    public static T? By<T>(ArgumentResult result, string option, Func<string, T> parse) where T : class
    {
        try
        {
            return parse(result.Tokens[^1].Value);
        }
        catch (ExpressionException fault)
        {
            result.AddError($"{option}: {fault.Message}");
            return null;
        }
    }

    /// <summary>Fits what was read to a table; what does not fit is a wrong command line.</summary>
    public static void Bound(string option, Action bind)
    {
        try
        {
            bind();
        }
        catch (ExpressionException fault)
        {
            throw new UserError($"{option}: {fault.Message}", Exit.Usage);
        }
    }

    /// <summary>Runs what takes columns by name; one that is not there is a wrong command line.</summary>
    public static T Named<T>(TableInput input, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (MissingColumnException missing)
        {
            throw new UserError($"{input.Name}: {missing.Message}", Exit.Usage);
        }
    }
}

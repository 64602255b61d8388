using System.CommandLine;
using System.CommandLine.Parsing;

namespace Anit.Cli;

/// <summary>Of an option given twice, the later one counts, so that a script can end with the user's own flags: <c>"${tune[@]}" --lr
/// 1e-4</c>.</summary>
static class LastWins
{
    /// <summary>The command line without earlier occurrences of options that take one value; the same array where there are none.</summary>
    public static string[] Apply(ParseResult given, string[] args)
    {
        var options = new Dictionary<string, Option>(StringComparer.Ordinal);
        foreach (var option in given.CommandResult.Command.Options.Where(o => o.Arity.MaximumNumberOfValues == 1 && o.ValueType != typeof(bool)))
            foreach (var name in option.Aliases.Prepend(option.Name)) options[name] = option;

        var (kept, seen, again) = (new List<string>(), new HashSet<Option>(), false);
        var tokens = given.Tokens;
        var literal = tokens.TakeWhile(t => t.Type != TokenType.DoubleDash).Count(); // what follows -- is no option
        for (var i = tokens.Count - 1; i >= 0; i--)
        {
            // From the end: a value is met before its option's name.
            var named = i > 0 && i < literal && tokens[i].Type == TokenType.Argument && tokens[i - 1].Type == TokenType.Option;
            if (!named || !options.TryGetValue(tokens[i - 1].Value, out var option))
            {
                kept.Add(tokens[i].Value);
                continue;
            }
            i--;
            if (seen.Add(option)) kept.Add($"{tokens[i].Value}={tokens[i + 1].Value}");
            else again = true;
        }
        kept.Reverse();
        return again ? [.. kept] : args;
    }
}

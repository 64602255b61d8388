using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Anit.Cli;

/// <summary>What is wrong with a command line, in one line: the option, what was given, what was expected, the nearest word.</summary>
/// <remarks>System.CommandLine's own messages name .NET types and list words over several lines; the model of options knows better.</remarks>
static class Misuse
{
    /// <summary>The line for the error that says most: a bad value, else a mistyped name, else the first.</summary>
    public static string Line(ParseResult given)
    {
        var messages = given.Errors.Select(e => string.Join(' ', e.Message.Split('\n', StringSplitOptions.TrimEntries)).TrimEnd('.', ' ')).ToList();
        return given.Errors.Select(e => BadValue(e.SymbolResult)).FirstOrDefault(line => line is not null)
            ?? messages.Select(m => Nearest.Hint(given, m) is { Length: > 0 } hint ? m + hint : null).FirstOrDefault(line => line is not null)
            ?? messages[0];
    }

    /// <summary>Refuses what System.CommandLine lets pass: an empty value (a variable that was not set), 1,5 as 15, NaN.</summary>
    /// <remarks>A command's own rules are asked only about values of the right type: reading another one throws.</remarks>
    public static void Install(Command command)
    {
        foreach (var option in command.Options) First(option.Validators, BadValue);
        foreach (var argument in command.Arguments) First(argument.Validators, BadValue);
        First(command.Validators, result => result.Children.Select(BadValue).FirstOrDefault(line => line is not null));
        foreach (var child in command.Subcommands) Install(child);
    }

    static void First<T>(List<Action<T>> validators, Func<T, string?> wrong) where T : SymbolResult
    {
        Action<T>[] others = [.. validators];
        validators.Clear();
        validators.Add(result =>
        {
            if (wrong(result) is { } line) result.AddError(line);
            else foreach (var other in others) other(result);
        });
    }

    /// <summary>Refuses <c>--switch=value</c>, whose value would be taken for a file.</summary>
    /// <exception cref="UserError">There is one.</exception>
    public static void CheckSwitches(ParseResult given, string[] args)
    {
        foreach (var arg in args.TakeWhile(a => a != "--"))
        {
            if (arg.Split('=', 2) is not [var name, var value] || bool.TryParse(value, out _)) continue;
            if (given.CommandResult.Command.Options.Any(o => o.ValueType == typeof(bool) && (o.Name == name || o.Aliases.Contains(name))))
                throw new UserError($"{name} is {(value.Length == 0 ? "empty" : value)}; expected {Expected(typeof(bool))}", Exit.Usage);
        }
    }

    static string? BadValue(SymbolResult? result) => result switch
    {
        OptionResult { Implicit: false, Tokens.Count: 0, Option: { Arity.MinimumNumberOfValues: > 0 } option } =>
            $"{option.Name} has no value; expected {Expected(option, option.ValueType, option.HelpName)}",
        OptionResult { Option: var option } => BadValue(option, option.ValueType, option.HelpName, result.Tokens),
        ArgumentResult { Argument: var argument } => BadValue(argument, argument.ValueType, null, result.Tokens),
        _ => null,
    };

    // The first value that is none of the words or no value of the type.
    static string? BadValue(Symbol symbol, Type type, string? what, IReadOnlyList<Token> tokens)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var words = Words(symbol, type);
        foreach (var token in tokens)
        {
            var text = token.Value;
            if (text.Length > 0 && (words.Count > 0 ? words.Contains(text.ToLowerInvariant()) : Parses(type, text))) continue;
            var near = Nearest.Of(text, words) is { } word ? $"; did you mean {word}?" : "";
            return $"{symbol.Name} is {(text.Length == 0 ? "empty" : text)}; expected {Expected(symbol, type, what)}{near}";
        }
        return null;
    }

    static List<string> Words(Symbol symbol, Type type) =>
        type == typeof(bool) ? [] : [.. symbol.GetCompletions(CompletionContext.Empty).Select(c => c.Label.ToLowerInvariant())];

    static string Expected(Symbol symbol, Type type, string? what) => Words(symbol, type) is { Count: > 0 } words
        ? string.Join(", ", words)
        : Expected(Nullable.GetUnderlyingType(type) ?? type) ?? (what is null ? "a value" : $"a {what}");

    static string? Expected(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.UInt32 or TypeCode.UInt64 => "a whole number, 0 or more",
        TypeCode.Double or TypeCode.Decimal => "a number",
        TypeCode.Boolean => "nothing, or true or false",
        _ => null,
    };

    static bool Parses(Type type, string text) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => int.TryParse(text, CultureInfo.InvariantCulture, out _),
        TypeCode.Int64 => long.TryParse(text, CultureInfo.InvariantCulture, out _),
        TypeCode.UInt32 => uint.TryParse(text, CultureInfo.InvariantCulture, out _),
        TypeCode.UInt64 => ulong.TryParse(text, CultureInfo.InvariantCulture, out _),
        TypeCode.Double or TypeCode.Decimal => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number),
        TypeCode.Boolean => bool.TryParse(text, out _),
        _ => true,
    };
}

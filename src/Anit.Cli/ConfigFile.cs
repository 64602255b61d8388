using System.CommandLine;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Anit.Cli;

/// <summary>Options from a YAML file (<c>--config run.yaml</c>), where flags on the command line win.</summary>
/// <remarks>A key is an option's long name without its dashes; a value is a scalar or, for options that repeat, a list.</remarks>
static class ConfigFile
{
    public const string OptionName = "--config";
    static readonly ParserConfiguration Plain = new() { ResponseFileTokenReplacer = null }; // '@name' stays a name

    public static ParseResult Parse(RootCommand root, string[] args)
    {
        var given = root.Parse(args, Plain);
        if (LastWins.Apply(given, args) is var once && once != args) given = root.Parse(args = once, Plain);
        if (given.Errors.Count > 0 && !args.Contains(OptionName)) return given;
        if (given.CommandResult.Command.Options.FirstOrDefault(o => o.Name == OptionName) is not Option<string?> config) return given;
        if (given.GetResult(config) is not { Implicit: false, Tokens: [.., { Value: { Length: > 0 } path }] }) return given;

        var extra = new List<string>();
        foreach (var (key, value) in Read(path))
        {
            var name = "--" + key;
            var options = given.CommandResult.Command.Options;
            var option = options.FirstOrDefault(o => o.Name == name || o.Aliases.Contains(name));
            if (option is null)
            {
                var hint = Nearest.Of(name, options.Select(o => o.Name)) is { } near ? $"; did you mean {near[2..]}?" : "";
                throw new UserError($"{path}: unknown option '{key}'{hint}", Exit.Usage);
            }
            if (given.GetResult(option) is { Implicit: false }) continue;
            foreach (var item in value as IEnumerable<object> ?? [value])
                extra.Add($"{option.Name}={item}");
        }
        var literal = args.TakeWhile(a => a != "--").Count(); // what follows -- is no option
        return root.Parse([.. args[..literal], .. extra, .. args[literal..]], Plain);
    }

    static Dictionary<string, object> Read(string path)
    {
        try
        {
            using var text = File.OpenText(path);
            return new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>?>(text) ?? [];
        }
        catch (YamlException error)
        {
            throw new UserError($"{path}: line {error.Start.Line}: not a YAML mapping of option names to values", Exit.Usage);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserError($"{path}: no such file; --config takes a YAML file of options", Exit.Usage);
        }
    }
}

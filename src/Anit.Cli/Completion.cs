using System.CommandLine;
using System.CommandLine.Invocation;

namespace Anit.Cli;

/// <summary><c>--completion bash</c>: a script that lets a shell complete commands, options and their words as the tool itself knows them.</summary>
/// <remarks>The script asks the tool on every Tab, by System.CommandLine's directive [suggest:position]; where it knows nothing, or a file is meant,
/// the shell completes names of files.</remarks>
static class Completion
{
    static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static void Install(RootCommand root)
    {
        var shell = new Option<string>("--completion")
        {
            Description = "Print a script that completes this tool's commands and options, as in: source <(" + root.Name + " --completion bash).",
            HelpName = "bash|zsh|fish",
        };
        shell.CompletionSources.Add(Shells);
        shell.Action = new Printing(given => Script(root.Name, given.GetResult(shell)?.Tokens is [.., var last] ? last.Value : ""));
        root.Options.Add(shell);
    }

    static string Script(string tool, string shell) => (shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => throw new UserError($"--completion {(shell.Length == 0 ? "has no value" : $"is {shell}")}; expected {string.Join(", ", Shells)}",
            Exit.Usage),
    }).Replace("TOOL", tool, StringComparison.Ordinal).Replace("NAME", tool.Replace('-', '_'), StringComparison.Ordinal);

    // A word that does not begin with a dash gets no options: then the tool's words, or else files.
    const string Bash = """
        _NAME() {
          local found IFS=$'\n'
          found=$(TOOL "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null)
          [[ $2 == -* ]] || found=$(grep -v '^-' <<< "$found")
          COMPREPLY=($(compgen -W "$found" -- "$2"))
        }
        complete -o default -o bashdefault -F _NAME TOOL

        """;

    // Sourced, or as a file _TOOL in a folder of fpath.
    const string Zsh = """
        #compdef TOOL
        _NAME() {
          local line="${(j: :)words[1,CURRENT]}"
          local -a found=("${(@f)$(TOOL "[suggest:${#line}]" "$line" 2> /dev/null)}")
          found=(${found:#})
          [[ ${words[CURRENT]} == -* ]] || found=(${found:#-*})
          if (( ${#found} )); then compadd -- "${found[@]}"; fi
          [[ ${words[CURRENT]} == -* ]] || _files
        }
        if [[ $funcstack[1] == _NAME || $funcstack[1] == _TOOL ]]; then _NAME "$@"; else compdef _NAME TOOL; fi

        """;

    const string Fish = """
        function __NAME
          set -l line (commandline -cp)
          set -l word (commandline -ct)
          set -l found (TOOL "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null)
          if string match -q -- '-*' "$word"
            printf '%s\n' $found
          else
            printf '%s\n' $found | string match -v -- '-*'
          end
        end
        complete -c TOOL -a '(__NAME)'

        """;

    /// <summary>An option that prints instead of running the command, whatever else the command line lacks.</summary>
    internal sealed class Printing(Func<ParseResult, string> text) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;
        public override bool Terminating => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.Write(text(parseResult));
            return Exit.Done;
        }
    }
}

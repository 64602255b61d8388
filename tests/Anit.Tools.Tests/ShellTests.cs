using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>What the tools give to shells: completion of command lines, in the shells themselves, and manual pages.</summary>
public sealed class ShellTests : IDisposable
{
    readonly Workbench bench = new();

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("anit-data", "anit-data so", "sort")]
    [InlineData("anit-data", "anit-data sort rows.jsonl --me", "--memory")]
    [InlineData("anit-noise", "anit-noise rows.jsonl --count u", "uniform")]
    [InlineData("anit-noise", "anit-noise rows.jsonl --noise replace,ty", "replace,typo")]
    [InlineData("anit-data", "anit-data show row", "rows.jsonl")]
    public void Bash_completes_commands_options_words_and_files(string tool, string line, string completed)
    {
        bench.Write("rows.jsonl", "");
        // The function that was registered, called as bash calls it; then what bash does by itself where nothing came.
        var run = bench.Bash($"source <({tool} --completion bash); COMP_LINE='{line}' COMP_POINT=${{#COMP_LINE}}; COMP_POINT=${{#COMP_LINE}}; "
            + $"word=${{COMP_LINE##* }}; $(complete -p {tool} | sed 's/.*-F \\([^ ]*\\).*/\\1/') {tool} \"$word\" ''; "
            + "[ ${#COMPREPLY[@]} -gt 0 ] && printf '%s\\n' \"${COMPREPLY[@]}\" || compgen -f -- \"$word\"");
        run.ShouldBe(new Run(0, completed + "\n", ""));
        bench.Bash($"source <({tool} --completion bash); complete -p {tool}").Output.ShouldContain("-o default");
    }

    [ShellTheory("zsh")]
    [InlineData("anit-data", "anit-data sor", "anit-data sort")]
    [InlineData("anit-noise", "anit-noise rows.jsonl --count un", "anit-noise rows.jsonl --count uniform")]
    [InlineData("anit-data", "anit-data show row", "anit-data show rows.jsonl")]
    public void Zsh_completes_on_its_own_terminal(string tool, string line, string completed)
    {
        bench.Write("rows.jsonl", "");
        // Typed into a zsh, Tab pressed, and the finished line handed to a command that writes it down.
        bench.Write("try.zsh", $$"""
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source <({{tool}} --completion zsh); print ready > ready'
            repeat 600; do [[ -e ready ]] && break; sleep 0.1; done
            zpty -w -n shell '{{line}}'$'\t'
            sleep 3
            zpty -w shell $'\C-aprint -r -- \C-e > done'
            repeat 300; do [[ -s done ]] && break; sleep 0.1; done
            cat done
            zpty -d shell
            """);
        var run = bench.Bash("timeout 100 zsh -f try.zsh");
        run.Output.TrimEnd().ShouldBe(completed, run.ToString());
    }

    [ShellTheory("fish")]
    [InlineData("anit-data", "anit-data sor", "sort")]
    [InlineData("anit-data", "anit-data sort rows.jsonl --mem", "--memory")]
    [InlineData("anit-noise", "anit-noise rows.jsonl --count un", "uniform")]
    [InlineData("anit-data", "anit-data show row", "rows.jsonl")]
    public void Fish_completes(string tool, string line, string completed)
    {
        bench.Write("rows.jsonl", "");
        var run = bench.Bash($"export HOME=$PWD; fish -c '{tool} --completion fish | source; complete -C \"{line}\"'");
        run.ShouldBe(new Run(0, completed + "\n", ""));
    }

    [Theory]
    [InlineData("", "--completion has no value; expected bash, zsh, fish")]
    [InlineData("ksh", "--completion is ksh; expected bash, zsh, fish")]
    public void Another_shell_is_refused_in_one_line(string shell, string message) =>
        bench.Bash($"anit-train --completion {shell}").ShouldBe(new Run(2, "", $"anit-train: {message}\n"));

    [Fact]
    public void Half_a_line_that_cannot_be_completed_is_no_error() =>
        bench.Bash("anit-noise '[suggest]' 'anit-noise x --noise re'").ShouldBe(new Run(0, "", ""));

    [ShellTheory("man")]
    [InlineData("anit-data")]
    [InlineData("anit-noise")]
    [InlineData("anit-score")]
    [InlineData("anit-train")]
    [InlineData("anit-eval")]
    public void A_manual_page_is_set_without_a_warning_and_shows_what_help_shows(string tool)
    {
        var page = bench.Bash($"{tool} --man > page.1 && MANWIDTH=1000 man --warnings -P cat -l page.1 > page.txt 2> said; cat said; "
            + "MANWIDTH=1000 man -P cat -l page.1 | col -bx");
        page.Code.ShouldBe(0, page.ToString());
        page.Output.ShouldNotContain("warning");
        var shown = Words(page.Output);
        foreach (var line in bench.Bash($"{tool} --help").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] == ' '))
            foreach (var cell in line.Split("  ", StringSplitOptions.RemoveEmptyEntries)) shown.ShouldContain(Words(cell));
    }

    static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>A theory in another program; reported as skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string program)
    {
        Program = program;
        if (!File.Exists($"/usr/bin/{program}")) Skip = $"{program} is not installed: make test does it";
    }

    public string Program { get; }
}

using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>A tool without a shim for the libtorch that is there, as packages bring it to other machines.</summary>
public sealed class ShimTests : IClassFixture<TrainedModel>
{
    readonly Workbench bench;
    readonly TrainedModel model;
    readonly string command;

    public ShimTests(TrainedModel model)
    {
        this.model = model;
        bench = model.Bench;
        if (!Directory.Exists(bench["alone"]))
            bench.Bash("cp -rL \"$(dirname \"$(readlink -f \"$(command -v anit-train)\")\")\" alone "
                + "&& mv alone/libanit_torch.so kept.so").Code.ShouldBe(0);
        command = $"alone/anit-train {model.Rows} --model {model.Base} --method plain --max-steps 1 --quiet";
    }

    // Stands for CMake: counts its calls and hands out the shim that the build made.
    const string FakeCMake = """
        #!/bin/sh
        echo "$@" >> "$CALLS"
        [ "$1" = --build ] && { [ -n "$BROKEN" ] && exit 1; mkdir -p "$2"; cp "$SHIM" "$2/libanit_torch.so"; }
        exit 0
        """;

    static string With(string cache) =>
        $"printf '%s\\n' '{FakeCMake.Replace("'", "'\\''", StringComparison.Ordinal)}' > fake/cmake; chmod +x fake/cmake; "
        + $"export PATH=$PWD/fake:$PATH XDG_CACHE_HOME=$PWD/{cache} CALLS=$PWD/{cache}.calls SHIM=$PWD/kept.so; ";

    [Fact]
    public void It_is_built_once_into_the_user_s_cache_and_looked_for_once_in_a_run()
    {
        bench.Bash("mkdir -p fake; printf '#!/bin/sh\\necho asked >> python.calls; exec /usr/bin/python3 \"$@\"\\n' > fake/python3; "
            + "chmod +x fake/python3");
        var first = bench.Bash($"{With("once")} {command} --out a1");
        first.Code.ShouldBe(0, first.ToString());
        first.Error.ShouldContain("anit: building the shim for libtorch in ");
        var again = bench.Bash($"{With("once")} {command} --out a2");
        (again.Code, again.Error).ShouldBe((0, ""), again.ToString());
        bench.Bash("wc -l < once.calls").Output.Trim().ShouldBe("2"); // configured and built, once
        bench.Bash("wc -l < python.calls").Output.Trim().ShouldBe("2"); // whether it has a torch, by each of the two runs
    }

    [Fact]
    public void A_build_that_fails_is_one_line_that_names_the_log()
    {
        bench.Bash("mkdir -p fake");
        var run = bench.Bash($"{With("broken")} export BROKEN=1; {command} --out b1");
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldContain("could not be built; ");
        run.Error.ShouldContain("build.log says why");
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public void An_older_one_is_one_line_that_names_the_file_and_what_to_do()
    {
        var run = bench.Bash("mkdir -p old && echo 'int nothing;' | cc -shared -x c - -o old/libanit_torch.so && ANIT_NATIVE=$PWD/old "
            + $"anit-train {model.Rows} --model {model.Base} --method plain --max-steps 1 --quiet --out d1");
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldBe($"anit-train: {bench["old/libanit_torch.so"]} is of another version than anit-train: build it anew "
            + "(make native) or install "
            + "anit-train again\n");
    }

    [Fact]
    public void Without_CMake_the_line_says_what_to_install()
    {
        var run = bench.Bash($"export XDG_CACHE_HOME=$PWD/none DOTNET_ROOT=$(dirname $(readlink -f $(command -v dotnet))); "
            + $"PATH=/nowhere; {command} --out c1");
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldContain("cmake is missing, with which the shim for libtorch is built: install cmake and g++");
    }
}

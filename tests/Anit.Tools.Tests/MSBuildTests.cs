using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Stages as items of an MSBuild project, by the targets of the package Anit.Build.</summary>
public sealed class MSBuildTests : IDisposable
{
    readonly Workbench bench = new();

    public MSBuildTests()
    {
        bench.Write("rows.jsonl", Samples.Rows(20));
        bench.Write("stages.proj", $"""
            <Project>
              <PropertyGroup><AnitToolPath>{bench[".bin"]}</AnitToolPath></PropertyGroup>
              <ItemGroup>
                <AnitNoise Include="rows.jsonl" Noise="swap" Omega="$(Omega)" Seed="7" OutputPath="out/a.parquet" />
                <AnitNoise Include="rows.jsonl" Noise="replace" Phi="0.5" OutputPath="out/b.parquet" />
                <AnitScore Include="out/b.parquet" OutputPath="out/scored.parquet" Options="--scope row --normalize length" />
              </ItemGroup>
              <Import Project="{SharedData.Repository}/src/Anit.Build/build/Anit.Build.targets" />
            </Project>
            """);
    }

    public void Dispose() => bench.Dispose();

    Run Build(string more = "") => bench.Bash($"dotnet msbuild stages.proj -t:Anit -m -nologo -nodeReuse:false -p:Omega=0.3 {more}");

    [Fact]
    public void What_is_current_is_not_made_again_and_what_is_not_is()
    {
        Build().Code.ShouldBe(0);
        bench.Bash("anit-data verify out/scored.parquet").Code.ShouldBe(0);
        foreach (var output in new[] { "a", "b", "scored" }) Build().Output.ShouldContain($"out/{output}.parquet is up to date (20 rows)");

        var changed = Build("-p:Omega=0.5"); // the noise of a alone
        changed.Output.ShouldContain("out/b.parquet is up to date");
        changed.Output.ShouldNotContain("out/a.parquet is up to date");
    }

    [Fact]
    public void An_error_is_the_tool_s_line_with_a_code_and_the_input()
    {
        bench.Bash("echo '{\"id\": 1' > rows.jsonl");
        var run = Build();
        run.Code.ShouldBe(1);
        run.Output.ShouldContain("rows.jsonl : error ANIT3: anit-noise: rows.jsonl");
    }

    [Fact]
    public void Cleaning_deletes_what_a_build_made_and_nothing_else()
    {
        Build().Code.ShouldBe(0);
        bench.Write("out/notes.txt", "mine");
        bench.Bash("dotnet msbuild stages.proj -t:AnitClean -nologo -nodeReuse:false -p:Omega=0.3").Code.ShouldBe(0);
        Directory.GetFiles(bench["out"]).Select(Path.GetFileName).ShouldBe(["notes.txt"]);
        File.Exists(bench["rows.jsonl"]).ShouldBeTrue();
    }
}

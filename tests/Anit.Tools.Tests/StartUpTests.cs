using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>What bin/ starts holds native code beside its IL (build/Ahead.targets): half of a short run was the just-in-time compiler.</summary>
public sealed class StartUpTests
{
    [Theory]
    [InlineData("anit-data")]
    [InlineData("anit-noise")]
    [InlineData("anit-score")]
    [InlineData("anit-train")]
    [InlineData("anit-eval")]
    public void Every_assembly_of_a_tool_is_compiled_ahead_of_time(string tool)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64) return; // elsewhere nothing is
        var folder = Path.Combine(SharedData.Repository, "artifacts", "bin", tool, "release");
        var assemblies = Directory.GetFiles(folder, "*.dll");
        assemblies.Length.ShouldBeGreaterThan(5);
        assemblies.Where(path => !HoldsNativeCode(path)).ShouldBeEmpty();
    }

    static bool HoldsNativeCode(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        return file.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }
}

using System.Runtime.CompilerServices;

namespace Anit.Tests;

/// <summary>Where the repository is, and the measurement data beside it that exists only on some machines.</summary>
public static class SharedData
{
    /// <summary>The repository's root, found from this source file.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder with real datasets and corpora, or null where it is absent.</summary>
    public static string? Folder { get; } = FindFolder();

    /// <summary>Why tests that need the folder do not run here.</summary>
    internal static string Absent => "the shared datasets and corpora are not on this machine";

    /// <summary>A path inside the folder.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Folder ?? throw new InvalidOperationException(Absent), .. parts]);

    static string FindRepository([CallerFilePath] string here = "")
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Anit.sln"))) return folder.FullName;
        return new FileInfo(here).Directory!.Parent!.Parent!.FullName;
    }

    static string? FindFolder()
    {
        var folder = Environment.GetEnvironmentVariable("ANIT_SHARED") ?? System.IO.Path.Combine(Repository, "..", "shared");
        return Directory.Exists(folder) ? System.IO.Path.GetFullPath(folder) : null;
    }
}

/// <summary>A test that needs the shared data; reported as skipped where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (SharedData.Folder is null) Skip = SharedData.Absent;
    }
}

/// <summary>A theory that needs the shared data; reported as skipped where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute()
    {
        if (SharedData.Folder is null) Skip = SharedData.Absent;
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Anit.Torch;

/// <summary>Builds libanit_torch.so from the source that this assembly carries, once for each libtorch, into the user's cache.</summary>
/// <remarks>A package brings the shim for Debian's libtorch 1.13; for any other libtorch (LIBTORCH, or the torch of a Python environment)
/// it is compiled where it runs. <c>$XDG_CACHE_HOME/anit/shim</c> (else <c>~/.cache/anit/shim</c>) holds a folder for each libtorch and
/// source.</remarks>
static class ShimBuild
{
    const string Prefix = "native/", Header = "include/ATen/ATen.h";

    /// <summary>The shim for a libtorch, built if it was not yet.</summary>
    /// <param name="libtorch">Its folder; null for the system's own.</param>
    /// <exception cref="DllNotFoundException">No CMake or compiler, or the build failed; the message says what to do.</exception>
    public static string For(string? libtorch)
    {
        var folder = Path.Combine(Cache(), Key(libtorch));
        var made = Path.Combine(folder, NativeLibraries.FileName);
        if (File.Exists(made)) return made;
        Directory.CreateDirectory(folder);
        using var turn = Lock(Path.Combine(folder, "lock")); // two processes that start together build once
        if (File.Exists(made)) return made;

        Console.Error.WriteLine($"anit: building the shim for libtorch in {libtorch ?? "the system's folders"}, once; this takes a minute");
        var work = Path.Combine(folder, "build");
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        Unpack(Path.Combine(work, "source"));
        var log = Path.Combine(folder, "build.log");
        File.WriteAllText(log, "");
        Run(log, libtorch, "cmake", "-S", Path.Combine(work, "source"), "-B", Path.Combine(work, "out"), "-DCMAKE_BUILD_TYPE=Release");
        Run(log, libtorch, "cmake", "--build", Path.Combine(work, "out"), "--parallel");
        File.Move(Path.Combine(work, "out", NativeLibraries.FileName), made);
        Directory.Delete(work, recursive: true);
        return made;
    }

    /// <summary>The libtorch to build for where none is named: that of the active Python environment, else the system's (an empty
    /// text); null where there is neither.</summary>
    public static string? Found()
    {
        foreach (var environment in new[] { "VIRTUAL_ENV", "CONDA_PREFIX", null })
            if (Python(environment) is { } python && TorchOf(python) is { } torch && File.Exists(Path.Combine(torch, Header))) return torch;
        return File.Exists(Path.Combine("/usr", Header)) || Directory.Exists("/usr/include/ATen") ? "" : null;
    }

    static string? Python(string? environment) => environment is null ? "python3"
        : Environment.GetEnvironmentVariable(environment) is { Length: > 0 } folder ? Path.Combine(folder, "bin/python") : null;

    static string? TorchOf(string python)
    {
        try
        {
            // Without importing torch, which takes seconds.
            using var asked = Process.Start(new ProcessStartInfo(python)
            {
                ArgumentList = { "-c", "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')" },
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var folder = asked.StandardOutput.ReadToEnd().Trim();
            asked.WaitForExit();
            return asked.ExitCode == 0 && folder.Length > 0 ? folder : null;
        }
        catch (Win32Exception)
        {
            return null; // no such python
        }
    }

    static string Cache() => Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "anit", "shim");

    // What decides the binary: the source, where libtorch is, and which one it is (its version header changes with it).
    static string Key(string? libtorch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in Sources())
        {
            using var source = Open(name);
            var text = new MemoryStream();
            source.CopyTo(text);
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{text.Length}\0"));
            hash.AppendData(text.ToArray());
        }
        var home = libtorch ?? "/usr";
        hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFullPath(home)));
        var version = Path.Combine(home, "include/torch/csrc/api/include/torch/version.h");
        if (File.Exists(version)) hash.AppendData(File.ReadAllBytes(version));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    static IEnumerable<string> Sources() =>
        typeof(ShimBuild).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    static Stream Open(string name) => typeof(ShimBuild).Assembly.GetManifestResourceStream(name)!;

    static void Unpack(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in Sources())
        {
            using var from = Open(name);
            using var to = File.Create(Path.Combine(folder, name[Prefix.Length..]));
            from.CopyTo(to);
        }
    }

    static FileStream Lock(string path)
    {
        while (true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                Thread.Sleep(200); // another process builds
            }
        }
    }

    static void Run(string log, string? libtorch, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (libtorch is null) start.Environment.Remove("LIBTORCH");
        else start.Environment["LIBTORCH"] = libtorch;
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var said = process.StandardOutput.ReadToEnd() + errors.Result;
            process.WaitForExit();
            File.AppendAllText(log, said);
            if (process.ExitCode != 0)
                throw new DllNotFoundException($"the shim for libtorch in {libtorch ?? "the system's folders"} could not be built; {log} says why");
        }
        catch (Win32Exception)
        {
            throw new DllNotFoundException($"{program} is missing, with which the shim for libtorch is built: install cmake and g++ "
                + "(Debian: apt-get install cmake g++)");
        }
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

[assembly: DisableRuntimeMarshalling]

namespace Anit.Torch;

/// <summary>Finds libanit_torch.so: the file or folder named by ANIT_NATIVE, then beside the assembly, then one built for the libtorch that is there
/// (<see cref="ShimBuild"/>). Reads its last error.</summary>
static partial class NativeLibraries
{
    internal const string Shim = "anit_torch";
    internal const string FileName = "libanit_torch.so";

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "the resolver must stand before the first call")]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>The error of the call that just failed on this thread, its first line as the message.</summary>
    internal static unsafe TorchException LastError()
    {
        sbyte* text;
        var kind = anit_error(&text);
        var line = (Marshal.PtrToStringUTF8((nint)text) ?? "").Trim().Split('\n', 2)[0];
        return kind == 2 ? new TorchOutOfMemoryException(line) : new TorchException(line);
    }

    // .NET asks anew for each function that is called, a hundred times in a short training.
    static readonly Lazy<nint> Found = new(Find);

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) => name == Shim ? Found.Value : 0;

    static nint Find()
    {
        WaitPolicy.Set();
        var given = Environment.GetEnvironmentVariable("ANIT_NATIVE");
        if (!string.IsNullOrEmpty(given)) return Load(Directory.Exists(given) ? Path.Combine(given, FileName) : given);

        var assembly = Path.GetDirectoryName(typeof(NativeLibraries).Assembly.Location) ?? "";
        string[] places = [Path.Combine(AppContext.BaseDirectory, FileName), Path.Combine(assembly, FileName),
            Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native", FileName)];
        var beside = Array.Find(places, File.Exists);
        if (Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 } named)
            return Load(beside is not null && IsFor(beside, named) ? beside : ShimBuild.For(named));
        if (beside is not null && NativeLibrary.TryLoad(beside, out var loaded)) return Loaded(loaded, beside);
        return ShimBuild.Found() is { } found ? Load(ShimBuild.For(found.Length > 0 ? found : null)) : Load(beside ?? throw None());
    }

    static DllNotFoundException None() => new("no libtorch: install it (Debian: apt-get install libtorch-dev), or set LIBTORCH to the folder "
        + "of a PyTorch install, as printed by: python3 -c 'import torch; print(torch.__path__[0])'");

    static nint Load(string path)
    {
        if (!File.Exists(path)) throw new DllNotFoundException($"{path} not found: ANIT_NATIVE is the folder of {FileName}, or that file");
        try
        {
            return Loaded(NativeLibrary.Load(path), path);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException($"{path} cannot be loaded ({Missing(e.Message)}): install libtorch (Debian: apt-get install "
                + "libtorch-dev), or set LIBTORCH to the folder of a PyTorch install", e);
        }
    }

    // Which file it was, for whoever finds that it lacks a function (Anit.Cli).
    static nint Loaded(nint handle, string path)
    {
        AppContext.SetData("Anit.Torch.Shim", path);
        return handle;
    }

    // The linker wrote down where the library is that it was built with.
    static bool IsFor(string shim, string libtorch) =>
        File.ReadAllBytes(shim).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(Path.GetFullPath(libtorch)) + "/lib")) >= 0;

    // The runtime's advice comes first, then a line for each attempt: the first of those says what is missing.
    static string Missing(string message) =>
        message.Split('\n').Skip(1).Select(line => line.Trim()).FirstOrDefault(line => line.Contains(".so", StringComparison.Ordinal))
            ?? message.ReplaceLineEndings(" ").Trim();

    [LibraryImport(Shim)] private static unsafe partial int anit_error(sbyte** message);
}

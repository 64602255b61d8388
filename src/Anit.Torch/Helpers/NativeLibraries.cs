using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Anit.Torch;

/// <summary>Finds libanit_torch.so: the file or folder named by ANIT_NATIVE, then beside the assembly. Reads its last error.</summary>
static partial class NativeLibraries
{
    internal const string Shim = "anit_torch";
    const string FileName = "libanit_torch.so";

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

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != Shim) return 0;
        var given = Environment.GetEnvironmentVariable("ANIT_NATIVE");
        string[] places = string.IsNullOrEmpty(given)
            ? [Path.Combine(AppContext.BaseDirectory, FileName), Path.Combine(Path.GetDirectoryName(assembly.Location) ?? "", FileName)]
            : [Directory.Exists(given) ? Path.Combine(given, FileName) : given];
        if (Array.Find(places, File.Exists) is not { } path)
            throw new DllNotFoundException($"{places[0]} not found: run 'make native' and build again, or set ANIT_NATIVE to the folder "
                + $"of {FileName}");
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                $"{path} cannot be loaded ({Missing(e.Message)}): install libtorch (Debian: apt-get install libtorch-dev) or, "
                + "when libtorch has changed, run 'make native' again", e);
        }
    }

    // The runtime's advice comes first, then a line for each attempt: the first of those says what is missing.
    static string Missing(string message) =>
        message.Split('\n').Skip(1).Select(line => line.Trim()).FirstOrDefault(line => line.Contains(".so", StringComparison.Ordinal))
            ?? message.ReplaceLineEndings(" ").Trim();

    [LibraryImport(Shim)] private static unsafe partial int anit_error(sbyte** message);
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Anit.Torch;

[assembly: DisableRuntimeMarshalling]

namespace TorchSharp;

/// <summary>Finds libanit_torch.so: the file or folder named by ANIT_NATIVE, then beside the assembly.</summary>
static class Library
{
    internal const string Name = "anit_torch";
    const string FileName = "libanit_torch.so";

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "the resolver must stand before the first call")]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != Name) return 0;
        var given = Environment.GetEnvironmentVariable("ANIT_NATIVE");
        string[] places = string.IsNullOrEmpty(given)
            ? [Path.Combine(AppContext.BaseDirectory, FileName), Path.Combine(Path.GetDirectoryName(assembly.Location) ?? "", FileName)]
            : [Directory.Exists(given) ? Path.Combine(given, FileName) : given];
        if (Array.Find(places, File.Exists) is not { } path)
            throw new TorchException($"{places[0]} not found: run 'make native' and build again, or set ANIT_NATIVE to the folder of {FileName}");
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            var reason = e.Message.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Contains(".so", StringComparison.Ordinal)) ?? e.Message;
            throw new TorchException($"{path} cannot be loaded ({reason}): install libtorch (Debian: apt-get install libtorch-dev) or, "
                + "when libtorch has changed, run 'make native' again", e);
        }
    }
}

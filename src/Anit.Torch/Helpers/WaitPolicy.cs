using System.Runtime.InteropServices;

namespace Anit.Torch;

/// <summary>How OpenMP's threads, which libtorch computes with, wait for each other: asleep, unless the environment says otherwise.</summary>
/// <remarks>OpenMP's own default is to wait by computing. Beside other work a thread then burns its share of the processor while the one that it
/// waits for has none: a short training with two threads on two cores at load 16 took 28 s instead of 2, and nine times the processor
/// time.</remarks>
static partial class WaitPolicy
{
    const string Standard = "OMP_WAIT_POLICY";

    // The standard's, GCC's and LLVM's.
    static readonly string[] Variables = [Standard, "GOMP_SPINCOUNT", "KMP_BLOCKTIME"];

    /// <summary>To be called before libtorch is loaded, and OpenMP with it, which reads the environment then and only then.</summary>
    /// <remarks>.NET's own environment is a copy, which OpenMP does not see; nor do programs that this one starts see the change.</remarks>
    public static void Set()
    {
        if (!Array.Exists(Variables, name => Environment.GetEnvironmentVariable(name) is not null)) setenv(Standard, "passive", 0);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}

using System.Runtime.InteropServices;

namespace Anit.Torch;

/// <summary>How the threads of libtorch's libraries wait: asleep, unless the environment says otherwise.</summary>
/// <remarks>OpenMP's own default is to wait by computing. Beside other work a thread then burns its share of the processor while the one that it
/// waits for has none: a short training with two threads on two cores at load 16 took 28 s instead of 2, and nine times the processor
/// time. OpenBLAS starts a thread for each core while it is loaded, which computes for a while in wait of work that never comes, for products of
/// floats are oneDNN's (native/blas.cpp): a sixth of the processor time of loading Debian's libtorch. One thread is left it, for doubles.</remarks>
static partial class WaitPolicy
{
    const string Standard = "OMP_WAIT_POLICY";

    // The standard's, GCC's and LLVM's.
    static readonly string[] OpenMp = [Standard, "GOMP_SPINCOUNT", "KMP_BLOCKTIME"];
    static readonly string[] OpenBlas = ["OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS"];

    /// <summary>To be called before libtorch is loaded, and with it the two, which read the environment then and only then.</summary>
    /// <remarks>.NET's own environment is a copy, which OpenMP does not see; nor do programs that this one starts see the change.</remarks>
    public static void Set()
    {
        if (!Given(OpenMp)) setenv(Standard, "passive", 0);
        // Elsewhere PyTorch's own builds compute with theirs.
        if (!Given(OpenBlas) && RuntimeInformation.ProcessArchitecture == Architecture.X64) setenv(OpenBlas[0], "1", 0);
    }

    static bool Given(string[] variables) => Array.Exists(variables, name => Environment.GetEnvironmentVariable(name) is not null);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}

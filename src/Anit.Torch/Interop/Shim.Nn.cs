using System.Runtime.InteropServices;

namespace TorchSharp;

static unsafe partial class Shim
{
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_softmax(torch.Tensor x, long dim, int dtype);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_silu(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_silu_(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_gelu(torch.Tensor x, Flag tanh);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_linear(torch.Tensor x, torch.Tensor weight, torch.Tensor? bias);
    [LibraryImport(Lib)]
    internal static partial torch.Tensor anit_cross_entropy(torch.Tensor x, torch.Tensor target, torch.Tensor? weight, long ignore, int reduction,
        double smoothing);
    [LibraryImport(Lib)]
    internal static partial torch.Tensor anit_attention(torch.Tensor q, torch.Tensor k, torch.Tensor v, torch.Tensor? mask, double p, Flag causal);
}

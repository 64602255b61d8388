using System.Runtime.InteropServices;

namespace TorchSharp;

static unsafe partial class Shim
{
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_softmax(torch.Tensor x, long dim, int dtype);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_log_softmax(torch.Tensor x, long dim, int dtype);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_relu(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_relu_(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_silu(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_silu_(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_gelu(torch.Tensor x, Flag tanh);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_softplus(torch.Tensor x, double beta, double threshold);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_dropout(torch.Tensor x, double p, Flag training);
    [LibraryImport(Lib)] internal static partial Status anit_dropout_(torch.Tensor x, double p, Flag training);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_linear(torch.Tensor x, torch.Tensor weight, torch.Tensor? bias);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_embedding(torch.Tensor weight, torch.Tensor ids);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_one_hot(torch.Tensor x, long classes);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_layer_norm(torch.Tensor x, Longs shape, int n, torch.Tensor? weight, torch.Tensor? bias, double eps);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_cross_entropy(torch.Tensor x, torch.Tensor target, torch.Tensor? weight, long ignore, int reduction, double smoothing);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_nll_loss(torch.Tensor x, torch.Tensor target, torch.Tensor? weight, long ignore, int reduction);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_mse_loss(torch.Tensor x, torch.Tensor target, int reduction);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_kl_div(torch.Tensor x, torch.Tensor target, int reduction, Flag log_target);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_pad(torch.Tensor x, Longs pad, int n, double value);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_attention(torch.Tensor q, torch.Tensor k, torch.Tensor v, torch.Tensor? mask, double p, Flag causal);
}

using System.Runtime.InteropServices;

namespace TorchSharp;

static unsafe partial class Shim
{
    [LibraryImport(Lib)] internal static partial Status anit_adamw(
        Tensors parameters, Tensors grads, Tensors averages, Tensors squares, Tensors maxima, int n, long step,
        double lr, double beta1, double beta2, double eps, double decay, Flag maximize);
    [LibraryImport(Lib)] internal static partial Status anit_clip_grad_norm(Tensors grads, int n, double most, double p, double* norm);
    [LibraryImport(Lib)] internal static partial Status anit_clip_grad_value(Tensors grads, int n, double most);
}

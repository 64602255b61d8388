using System.Runtime.InteropServices;

namespace TorchSharp;

static unsafe partial class Shim
{
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_requires_grad(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_is_leaf(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_requires_grad_(torch.Tensor x, Flag on);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_detach(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial nint anit_grad(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_set_grad(torch.Tensor x, torch.Tensor? grad);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_grad_enabled();
    [LibraryImport(Lib)] internal static partial void anit_set_grad_enabled(Flag on);
    [LibraryImport(Lib)] internal static partial nint anit_inference_enter(Flag on);
    [LibraryImport(Lib)] internal static partial void anit_inference_leave(nint guard);
    [LibraryImport(Lib)] internal static partial Status anit_backward(
        Tensors outputs, int n, Tensors grads, int g, int retain, Flag create, Tensors inputs, int m);
    [LibraryImport(Lib)] internal static partial Count anit_autograd_grad(
        Tensors outputs, int n, Tensors inputs, int m, Tensors grads, int g, int retain, Flag create, Flag unused);
}

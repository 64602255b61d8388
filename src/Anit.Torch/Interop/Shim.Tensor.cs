using System.Runtime.InteropServices;

namespace TorchSharp;

static unsafe partial class Shim
{
    [LibraryImport(Lib)] internal static partial void anit_free(nint x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_alias(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_empty(Longs size, int n, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_zeros(Longs size, int n, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_full(Longs size, int n, Scalar value, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_rand(Longs size, int n, torch.Generator? g, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_randn(Longs size, int n, torch.Generator? g, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_arange(Scalar start, Scalar end, Scalar step, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_zeros_like(torch.Tensor x, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_ones_like(torch.Tensor x, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_rand_like(torch.Tensor x, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_from_bytes(void* bytes, Longs size, int n, int dtype, int device);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial long anit_dim(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial long anit_numel(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial long anit_element_size(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_dtype(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_device(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_is_contiguous(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_is_sparse(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial void anit_sizes(torch.Tensor x, ref long into);
    [LibraryImport(Lib)] internal static partial Status anit_strides(torch.Tensor x, ref long into);
    [LibraryImport(Lib)] internal static partial nint anit_data_ptr(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_to(torch.Tensor x, int dtype, int device, Flag copy, Flag non_blocking);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_clone(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_contiguous(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_copy_(torch.Tensor x, torch.Tensor source, Flag non_blocking);
    [LibraryImport(Lib)] internal static partial Status anit_fill_(torch.Tensor x, Scalar value);
    [LibraryImport(Lib)] internal static partial Status anit_zero_(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_uniform_(torch.Tensor x, double from, double to, torch.Generator? g);
}

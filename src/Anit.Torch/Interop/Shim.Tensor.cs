using System.Runtime.InteropServices;

namespace TorchSharp;

static unsafe partial class Shim
{
    [LibraryImport(Lib)] internal static partial void anit_free(nint x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_alias(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_empty(Longs size, int n, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_zeros(Longs size, int n, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_full(Longs size, int n, Scalar value, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_empty_strided(Longs size, Longs stride, int n, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_rand(Longs size, int n, torch.Generator? g, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_randn(Longs size, int n, torch.Generator? g, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_randint(long low, long high, Longs size, int n, torch.Generator? g, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_randperm(long n, torch.Generator? g, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_arange(Scalar start, Scalar end, Scalar step, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_linspace(double start, double end, long steps, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_eye(long rows, long columns, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_empty_like(torch.Tensor x, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_zeros_like(torch.Tensor x, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_ones_like(torch.Tensor x, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_rand_like(torch.Tensor x, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_randn_like(torch.Tensor x, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_full_like(torch.Tensor x, Scalar value, int dtype, int device);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_from_bytes(void* bytes, Longs size, int n, int dtype, int device);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial long anit_dim(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial long anit_numel(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial long anit_element_size(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial long anit_storage_offset(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_dtype(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_device(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_is_contiguous(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_is_sparse(torch.Tensor x);
    [LibraryImport(Lib), SuppressGCTransition] internal static partial int anit_same_memory(torch.Tensor x, torch.Tensor y);
    [LibraryImport(Lib)] internal static partial void anit_sizes(torch.Tensor x, ref long into);
    [LibraryImport(Lib)] internal static partial Status anit_strides(torch.Tensor x, ref long into);
    [LibraryImport(Lib)] internal static partial nint anit_data_ptr(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_to(torch.Tensor x, int dtype, int device, Flag copy, Flag non_blocking);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_clone(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_contiguous(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_pin_memory(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_is_pinned(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_copy_(torch.Tensor x, torch.Tensor source, Flag non_blocking);
    [LibraryImport(Lib)] internal static partial Status anit_fill_(torch.Tensor x, Scalar value);
    [LibraryImport(Lib)] internal static partial Status anit_zero_(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial Status anit_normal_(torch.Tensor x, double mean, double std, torch.Generator? g);
    [LibraryImport(Lib)] internal static partial Status anit_uniform_(torch.Tensor x, double from, double to, torch.Generator? g);
    [LibraryImport(Lib)] internal static partial Status anit_bernoulli_(torch.Tensor x, double p, torch.Generator? g);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_bernoulli(torch.Tensor x, torch.Generator? g);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_multinomial(torch.Tensor x, long samples, Flag replacement, torch.Generator? g);
}

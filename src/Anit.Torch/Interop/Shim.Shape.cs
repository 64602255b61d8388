using System.Runtime.InteropServices;

namespace TorchSharp;

static unsafe partial class Shim
{
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_view(torch.Tensor x, Longs size, int n);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_reshape(torch.Tensor x, Longs size, int n);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_expand(torch.Tensor x, Longs size, int n, Flag grow);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_repeat(torch.Tensor x, Longs times, int n);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_permute(torch.Tensor x, Longs dims, int n);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_transpose(torch.Tensor x, long a, long b);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_t(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_unflatten(torch.Tensor x, long dim, Longs sizes, int n);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_squeeze(torch.Tensor x);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_squeeze_dim(torch.Tensor x, long dim);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_unsqueeze(torch.Tensor x, long dim);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_tril(torch.Tensor x, long diagonal);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_triu(torch.Tensor x, long diagonal);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_select(torch.Tensor x, long dim, long index);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_narrow(torch.Tensor x, long dim, long start, long length);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_index_select(torch.Tensor x, long dim, torch.Tensor index);
    [LibraryImport(Lib)]
    internal static partial Status anit_index_add_(torch.Tensor x, long dim, torch.Tensor index, torch.Tensor source, Scalar alpha);
    [LibraryImport(Lib)] internal static partial Status anit_index_copy_(torch.Tensor x, long dim, torch.Tensor index, torch.Tensor source);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_masked_fill(torch.Tensor x, torch.Tensor mask, Scalar value);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_where(torch.Tensor condition, torch.Tensor x, torch.Tensor y);
    [LibraryImport(Lib)] internal static partial Count anit_where_indices(torch.Tensor condition);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_repeat_interleave(torch.Tensor x, long repeats, long* dim, long* output);
    [LibraryImport(Lib)]
    internal static partial torch.Tensor anit_repeat_interleave_each(torch.Tensor x, torch.Tensor repeats, long* dim, long* output);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_cat(Tensors tensors, int n, long dim);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_stack(Tensors tensors, int n, long dim);
    [LibraryImport(Lib)] internal static partial Count anit_chunk(torch.Tensor x, long chunks, long dim);
    [LibraryImport(Lib)] internal static partial Count anit_split(torch.Tensor x, long size, long dim);
    [LibraryImport(Lib)] internal static partial Count anit_split_sizes(torch.Tensor x, Longs sizes, int n, long dim);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_index(torch.Tensor x, torch.TensorIndex.Native* indices, int n);
    [LibraryImport(Lib)] internal static partial Status anit_index_put_(torch.Tensor x, torch.TensorIndex.Native* indices, int n, torch.Tensor value);
    [LibraryImport(Lib)] internal static partial Status anit_index_fill_(torch.Tensor x, torch.TensorIndex.Native* indices, int n, Scalar value);
    [LibraryImport(Lib)]
    internal static partial Status anit_index_put_tensors_(torch.Tensor x, Tensors indices, int n, torch.Tensor value, Flag accumulate);
}

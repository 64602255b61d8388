namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor T => Dimensions < 2 ? alias() : permute(Reversed(Dimensions));

        public Tensor mT => transpose(-2, -1);

        public Tensor view(params long[] shape) => anit_view(this, shape, shape.Length);

        public Tensor reshape(params long[] shape) => anit_reshape(this, shape, shape.Length);

        public Tensor unflatten(long dim, params long[] sizes) => anit_unflatten(this, dim, sizes, sizes.Length);

        public Tensor unflatten(long dim, Size sizes) => unflatten(dim, sizes.Shape);

        public Tensor squeeze(long? dim = null) => dim is { } d ? anit_squeeze_dim(this, d) : anit_squeeze(this);

        public Tensor unsqueeze(long dim) => anit_unsqueeze(this, dim);

        public Tensor t() => anit_t(this);

        public Tensor transpose(long dim0, long dim1) => anit_transpose(this, dim0, dim1);

        public Tensor permute(params long[] permutation) => anit_permute(this, permutation, permutation.Length);

        public Tensor permute(IEnumerable<long> permutation) => permute([.. permutation]);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => anit_expand(this, sizes, sizes.Length, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false) => anit_expand(this, sizes, sizes.Length, isImplicit);

        public Tensor expand(Size sizes, bool isImplicit = false) => expand(sizes.Shape, isImplicit);

        public Tensor expand(params long[] sizes) => anit_expand(this, sizes, sizes.Length, false);

        public Tensor repeat(params long[] sizes) => anit_repeat(this, sizes, sizes.Length);

        public unsafe Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null)
        {
            var (d, o) = (dim.GetValueOrDefault(), output_size.GetValueOrDefault());
            return anit_repeat_interleave(this, repeats, dim is null ? null : &d, output_size is null ? null : &o);
        }

        public unsafe Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null)
        {
            var (d, o) = (dim.GetValueOrDefault(), output_size.GetValueOrDefault());
            return anit_repeat_interleave_each(this, repeats, dim is null ? null : &d, output_size is null ? null : &o);
        }

        public Tensor tril(long diagonal = 0) => anit_tril(this, diagonal);

        public Tensor triu(long diagonal = 0) => anit_triu(this, diagonal);

        public Tensor[] chunk(long chunks, long dim = 0) => anit_chunk(this, chunks, dim).TakeAll();

        public Tensor[] split(long size, int dim = 0) => anit_split(this, size, dim).TakeAll();

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => anit_split_sizes(this, sizes, sizes.Length, dim).TakeAll();

        public Tensor[] split(long[] sizes, long dim = 0) => split(sizes.AsSpan(), dim);

        public Tensor[] split(params long[] sizes) => split(sizes.AsSpan());

        static long[] Reversed(long n)
        {
            var dims = new long[n];
            for (var i = 0; i < n; i++) dims[i] = n - 1 - i;
            return dims;
        }
    }
}

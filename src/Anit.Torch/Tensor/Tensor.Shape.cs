namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor T => Dimensions < 2 ? alias() : permute(Reversed(Dimensions));

        public Tensor mT => transpose(-2, -1);

        public Tensor view(params long[] shape) => anit_view(this, shape, shape.Length);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape(params long[] shape) => anit_reshape(this, shape, shape.Length);

        public Tensor reshape_as(Tensor other) => reshape(other.shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => anit_flatten(this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes) => anit_unflatten(this, dim, sizes, sizes.Length);

        public Tensor unflatten(long dim, Size sizes) => unflatten(dim, sizes.Shape);

        public Tensor squeeze(long? dim = null) => dim is { } d ? anit_squeeze_dim(this, d) : anit_squeeze(this);

        public Tensor unsqueeze(long dim) => anit_unsqueeze(this, dim);

        public Tensor t() => anit_t(this);

        public Tensor transpose(long dim0, long dim1) => anit_transpose(this, dim0, dim1);

        public Tensor transpose_(long dim0, long dim1)
        {
            anit_transpose_(this, dim0, dim1);
            return this;
        }

        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor permute(params long[] permutation) => anit_permute(this, permutation, permutation.Length);

        public Tensor permute(IEnumerable<long> permutation) => permute([.. permutation]);

        public Tensor movedim(long[] source, long[] destination)
        {
            if (source.Length != destination.Length) throw new ArgumentException($"{source.Length} source but {destination.Length} destination dimensions");
            return anit_movedim(this, source, destination, source.Length);
        }

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => anit_expand(this, sizes, sizes.Length, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false) => anit_expand(this, sizes, sizes.Length, isImplicit);

        public Tensor expand(Size sizes, bool isImplicit = false) => expand(sizes.Shape, isImplicit);

        public Tensor expand(params long[] sizes) => anit_expand(this, sizes, sizes.Length, false);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor broadcast_to(params long[] shape) => expand(shape);

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

        public Tensor flip(params long[] dims) => anit_flip(this, dims, dims.Length);

        public Tensor roll(long shifts, long? dims = null) => roll(new[] { shifts }, dims is { } d ? [d] : []);

        public Tensor roll(long[] shifts, long[] dims) => roll(shifts.AsSpan(), dims.AsSpan());

        public Tensor roll(long[] shifts) => roll(shifts.AsSpan());

        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => anit_roll(this, shifts, shifts.Length, dims, dims.Length);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0)
        {
            if (size.Length != strides.Length) throw new ArgumentException($"{size.Length} sizes but {strides.Length} strides");
            return anit_as_strided(this, size, strides, size.Length, storageOffset);
        }

        public Tensor tril(long diagonal = 0) => anit_tril(this, diagonal);

        public Tensor triu(long diagonal = 0) => anit_triu(this, diagonal);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => anit_diagonal(this, offset, dim1, dim2);

        public Tensor[] unbind(long dimension = 0) => anit_unbind(this, dimension).TakeAll();

        public Tensor[] chunk(long chunks, long dim = 0) => anit_chunk(this, chunks, dim).TakeAll();

        public Tensor[] split(long size, int dim = 0) => anit_split(this, size, dim).TakeAll();

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => anit_split_sizes(this, sizes, sizes.Length, dim).TakeAll();

        public Tensor[] split(long[] sizes, long dim = 0) => split(sizes.AsSpan(), dim);

        public Tensor[] split(params long[] sizes) => split(sizes.AsSpan());

        public Tensor[] tensor_split(long size, long dim = 0) => anit_tensor_split(this, size, dim).TakeAll();

        static long[] Reversed(long n)
        {
            var dims = new long[n];
            for (var i = 0; i < n; i++) dims[i] = n - 1 - i;
            return dims;
        }
    }
}

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => anit_sum(this, Code(type));
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            anit_sum_dims(this, dim, dim.Length, keepdim, Code(type));
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sum(dim.AsSpan(), keepdim, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        /// <summary>The sum over one dimension. TorchSharp lacks this overload and reads <c>sum(0)</c> as the element type 0: write
        /// <c>sum(0L)</c>.</summary>
        public Tensor sum(int dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);
        public Tensor mean() => anit_mean(this, -1);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            anit_mean_dims(this, dimensions, dimensions.Length, keepdim, Code(type));
        public Tensor std(bool unbiased = true) => anit_std(this, unbiased);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim], unbiased, keepdim, type);
        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(anit_std_dims(this, dimensions, dimensions.Length, unbiased, keepdim), type);
        public Tensor var(bool unbiased = true) => anit_var(this, unbiased);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);
        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(anit_var_dims(this, dimensions, dimensions.Length, unbiased, keepdim), type);
        public Tensor norm(float p = 2) => anit_norm(this, p);
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => anit_norm_dim(this, dim, keepdim, p);

        public Tensor logsumexp(long dim, bool keepdim = false) => anit_logsumexp(this, dim, keepdim);

        public Tensor max() => anit_max(this);
        public Tensor max(Tensor other) => maximum(other);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => anit_max_dim(this, dim, keepdim).TakePair();
        public Tensor min() => anit_min(this);
        public Tensor min(Tensor other) => minimum(other);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => anit_min_dim(this, dim, keepdim).TakePair();
        public Tensor argmax() => anit_argmax(this);
        public Tensor argmax(long dim, bool keepdim = false) => anit_argmax_dim(this, dim, keepdim);
        public Tensor all() => anit_all(this);
        public Tensor all(long dim, bool keepdim = false) => anit_all_dim(this, dim, keepdim);

        static Tensor Typed(Tensor made, ScalarType? type) => type is { } wanted ? made.to_type(wanted, disposeAfter: true) : made;
    }
}

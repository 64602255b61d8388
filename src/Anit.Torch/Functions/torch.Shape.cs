namespace TorchSharp;

// Joining, splitting, indexing.
public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => anit_cat(Tensors.Of(tensors), tensors.Count, dim);
    public static Tensor cat(Tensor[] tensors, long dim = 0) => anit_cat(tensors, tensors.Length, dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors.ToArray(), dim);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var all = Tensors.Of(tensors);
        return anit_stack(all, all.Length, dim);
    }

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => anit_where(condition, x, y);
    public static Tensor[] where(Tensor condition) => anit_where_indices(condition).TakeAll();
}

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params long[] indices]
        {
            get => index(Array.ConvertAll(indices, i => (TensorIndex)i));
            set => index_put_(value, Array.ConvertAll(indices, i => (TensorIndex)i));
        }

        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, (TensorIndex)i1);
        }

        public unsafe Tensor index(params TensorIndex[] indices)
        {
            var places = Array.ConvertAll(indices, i => i.ToNative());
            fixed (TensorIndex.Native* p = places)
            {
                var found = anit_index(this, p, places.Length);
                GC.KeepAlive(indices);
                return found;
            }
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.Tensor));

        public unsafe Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            var places = Array.ConvertAll(indices, i => i.ToNative());
            fixed (TensorIndex.Native* p = places) anit_index_put_(this, p, places.Length, value);
            GC.KeepAlive(indices);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false)
        {
            anit_index_put_tensors_(this, indices, indices.Length, value, accumulate);
            return this;
        }

        public unsafe Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            var places = Array.ConvertAll(indices, i => i.ToNative());
            fixed (TensorIndex.Native* p = places) anit_index_fill_(this, p, places.Length, value);
            GC.KeepAlive(indices);
            return this;
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor select(long dim, long index) => anit_select(this, dim, index);

        public Tensor narrow(long dim, long start, long length) => anit_narrow(this, dim, start, length);

        public Tensor index_select(long dim, Tensor index) => anit_index_select(this, dim, index);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            anit_index_add_(this, dim, index, source, alpha);
            return this;
        }

        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            anit_index_copy_(this, dim, index, source);
            return this;
        }

        public Tensor masked_fill(Tensor mask, Scalar value) => anit_masked_fill(this, mask, value);

        public Tensor where(Tensor condition, Tensor y) => anit_where(condition, this, y);
    }
}

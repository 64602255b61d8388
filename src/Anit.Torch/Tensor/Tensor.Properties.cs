namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => anit_dim(this);

        public long ndim => anit_dim(this);

        public long dim() => anit_dim(this);

        public long NumberOfElements => anit_numel(this);

        public long numel() => anit_numel(this);

        public long ElementSize => anit_element_size(this);

        public ScalarType dtype => (ScalarType)anit_dtype(this);

        public Device device => Device.FromCode(anit_device(this));

        public DeviceType device_type => (DeviceType)(anit_device(this) >> 8);

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_sparse => anit_is_sparse(this) != 0;

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_contiguous() => anit_is_contiguous(this) != 0;

        public long[] shape
        {
            get
            {
                var sizes = new long[anit_dim(this)];
                if (sizes.Length > 0) anit_sizes(this, ref sizes[0]);
                return sizes;
            }
        }

        public long[] size() => shape;

        public long size(int dim) => At(shape, dim);

        public long[] stride()
        {
            var strides = new long[anit_dim(this)];
            if (strides.Length > 0) anit_strides(this, ref strides[0]);
            return strides;
        }

        public long stride(int dim) => At(stride(), dim);

        static long At(long[] values, int dim) => dim >= -values.Length && dim < values.Length
            ? values[dim < 0 ? dim + values.Length : dim]
            : throw new ArgumentOutOfRangeException(nameof(dim), dim, $"the tensor has {values.Length} dimensions");
    }
}

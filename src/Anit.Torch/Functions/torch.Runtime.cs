namespace TorchSharp;

public static partial class torch
{
    /// <summary>libtorch's version, as it was when the shim was built.</summary>
    public static unsafe string __version__ => new(anit_torch_version());

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.OfThread.Current;

    public static DisposeScope NewDisposeScope() => DisposeScopeManager.OfThread.Open();

    public static int get_num_threads() => (int)anit_get_num_threads().Value;

    public static void set_num_threads(int num) => anit_set_num_threads(num);

    /// <summary>CUDA devices.</summary>
    public static class cuda
    {
        public static bool is_available() => anit_cuda_is_available().IsTrue;

        public static int device_count() => (int)anit_cuda_device_count().Value;

        public static void manual_seed(long seed) => anit_cuda_manual_seed_all(seed);
    }

    /// <summary>Switches of the libraries below libtorch.</summary>
    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                /// <summary>Whether fp32 products on CUDA may round their inputs to 10 bits of mantissa.</summary>
                public static bool allow_tf32
                {
                    get => anit_get_tf32(0).IsTrue;
                    set => anit_set_tf32(0, value ? 1 : 0);
                }
            }
        }

        public static class cudnn
        {
            /// <summary>Whether cuDNN may round fp32 inputs to 10 bits of mantissa.</summary>
            public static bool allow_tf32
            {
                get => anit_get_tf32(1).IsTrue;
                set => anit_set_tf32(1, value ? 1 : 0);
            }
        }
    }
}

namespace TorchSharp;

public static partial class torch
{
    /// <summary>libtorch's version, as it was when the shim was built.</summary>
    public static unsafe string __version__ => new(anit_torch_version());

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.OfThread.Current;

    public static DisposeScope NewDisposeScope() => DisposeScopeManager.OfThread.Open();

    /// <summary>Runs the function in a scope of its own and keeps its result only.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public static int get_num_threads() => (int)anit_get_num_threads().Value;

    public static void set_num_threads(int num) => anit_set_num_threads(num);

    public static int get_num_interop_threads() => (int)anit_get_num_interop_threads().Value;

    public static void set_num_interop_threads(int num) => anit_set_num_interop_threads(num);

    public static bool cuda_is_available() => cuda.is_available();

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType != DeviceType.CUDA || cuda.is_available();

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType)) throw new InvalidOperationException("no CUDA device: this libtorch or this machine has none; use cpu");
    }

    public static Device InitializeDevice(Device? device)
    {
        InitializeDeviceType((device ??= CPU).type);
        return device;
    }

    /// <summary>CUDA devices.</summary>
    public static class cuda
    {
        public static bool is_available() => anit_cuda_is_available().IsTrue;

        public static bool is_cudnn_available() => anit_cuda_is_cudnn_available().IsTrue;

        public static int device_count() => (int)anit_cuda_device_count().Value;

        public static void manual_seed(long seed) => anit_cuda_manual_seed_all(seed);

        public static void manual_seed_all(long seed) => anit_cuda_manual_seed_all(seed);

        public static void synchronize(Device? device = null) => anit_cuda_synchronize(device?.index ?? -1);
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

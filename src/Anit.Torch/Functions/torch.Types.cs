namespace TorchSharp;

/// <summary>Where a tensor lives.</summary>
public enum DeviceType
{
    CPU = 0, CUDA = 1, MKLDNN = 2, OPENGL = 3, OPENCL = 4, IDEEP = 5, HIP = 6, FPGA = 7, MSNPU = 8, XLA = 9, MPS = 13, META = 14,
}

/// <summary>PyTorch's functions, under TorchSharp's names.</summary>
/// <remarks>Where a function does what PyTorch's function of that name does, PyTorch's documentation holds and none is repeated here.</remarks>
public static partial class torch
{
    /// <summary>Type of a tensor's elements; the numbers are libtorch's.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0, Int8 = 1, Int16 = 2, Int32 = 3, Int64 = 4, Float16 = 5, Float32 = 6, Float64 = 7, ComplexFloat32 = 9, ComplexFloat64 = 10,
        Bool = 11, QInt8 = 12, QUInt8 = 13, QInt32 = 14, BFloat16 = 15,
    }

    /// <summary>How a quotient is rounded.</summary>
    public enum RoundingMode { None, trunc, floor }

    public static ScalarType uint8 => ScalarType.Byte;
    public static ScalarType int8 => ScalarType.Int8;
    public static ScalarType int16 => ScalarType.Int16;
    public static ScalarType int32 => ScalarType.Int32;
    public static ScalarType int64 => ScalarType.Int64;
    public static ScalarType @long => ScalarType.Int64;
    public static ScalarType @bool => ScalarType.Bool;
    public static ScalarType float16 => ScalarType.Float16;
    public static ScalarType half => ScalarType.Float16;
    public static ScalarType bfloat16 => ScalarType.BFloat16;
    public static ScalarType float32 => ScalarType.Float32;
    public static ScalarType @float => ScalarType.Float32;
    public static ScalarType float64 => ScalarType.Float64;
    public static ScalarType @double => ScalarType.Float64;

    public static Device CPU { get; } = new(DeviceType.CPU);
    public static Device CUDA { get; } = new(DeviceType.CUDA);
    public static Device META { get; } = new(DeviceType.META);

    /// <summary>A place for tensors: its kind and, where there are several, which one.</summary>
    public sealed class Device : IEquatable<Device>
    {
        /// <summary>From text such as <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
        public Device(string description)
        {
            var (kind, number) = description.Split(':') switch
            {
                [var one] => (one, "-1"),
                [var one, var two] => (one, two),
                _ => ("", ""),
            };
            if (!Enum.TryParse<DeviceType>(kind, ignoreCase: true, out var found) || char.IsDigit(kind[0]) || !int.TryParse(number, out var which))
                throw new ArgumentException($"unknown device '{description}': write cpu, cuda or cuda:0", nameof(description));
            (type, index) = (found, which);
        }

        public Device(string deviceType, int index = -1) : this(deviceType) => this.index = index;

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public Device(int index) : this(DeviceType.CUDA, index) { }

        public DeviceType type { get; }

        /// <summary>Number of the device, -1 for the current one.</summary>
        public int index { get; }

        /// <summary>As one number for the shim; see to_device in native/runtime.cpp.</summary>
        internal int Code => ((int)type * 256) + (index & 0xff);

        internal static Device FromCode(int code) => new((DeviceType)(code >> 8), (code & 0xff) == 0xff ? -1 : code & 0xff);

        public override string ToString() => type.ToString().ToLowerInvariant() + (index >= 0 ? $":{index}" : "");

        public bool Equals(Device? other) => other is not null && type == other.type && index == other.index;

        public override bool Equals(object? obj) => Equals(obj as Device);

        public override int GetHashCode() => Code;

        public static implicit operator Device(string description) => new(description);
    }

    /// <summary>A shape, made from numbers or arrays of them.</summary>
    public readonly struct Size(params long[] shape)
    {
        public long[] Shape { get; } = shape;

        public static implicit operator Size(long[] shape) => new(shape);

        public static implicit operator Size(long size) => new(size);

        public static implicit operator Size(int size) => new(size);
    }

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);

    public static bool is_integral(ScalarType type) =>
        type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;

    public static ScalarType get_default_dtype() => (ScalarType)Shim.anit_get_default_dtype().Value;

    internal static int Code(ScalarType? dtype) => dtype is { } type ? (int)type : -1;

    internal static int Code(Device? device) => device?.Code ?? -1;

    internal static ScalarType TypeOf<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ScalarType.Float32
        : typeof(T) == typeof(long) ? ScalarType.Int64
        : typeof(T) == typeof(int) ? ScalarType.Int32
        : typeof(T) == typeof(double) ? ScalarType.Float64
        : typeof(T) == typeof(bool) ? ScalarType.Bool
        : typeof(T) == typeof(byte) ? ScalarType.Byte
        : typeof(T) == typeof(sbyte) ? ScalarType.Int8
        : typeof(T) == typeof(short) ? ScalarType.Int16
        : typeof(T) == typeof(Half) ? ScalarType.Float16
        : throw new ArgumentException($"{typeof(T).Name} is not the type of any tensor's elements");
}

using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements, in order; copied to the CPU first when they live elsewhere.</summary>
        /// <exception cref="ArgumentException">T is not the tensor's element type.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            if (!Holds<T>()) throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
            return new(device_type == DeviceType.CPU ? this : cpu());
        }

        // Half and the raw ushort both read 16-bit floats; .NET 10 has no type of its own for bfloat16.
        bool Holds<T>() where T : unmanaged =>
            typeof(T) == typeof(ushort) ? dtype is ScalarType.BFloat16 or ScalarType.Float16 : TypeOf<T>() == dtype;

        /// <summary>The one element of a tensor that has one.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException($"item() of a tensor with {NumberOfElements} elements; it needs exactly 1");
            return data<T>()[0];
        }

        /// <summary>The memory itself, for a contiguous tensor on the CPU. Valid while the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get => new((void*)DataPointer(), checked((int)(NumberOfElements * ElementSize)));
            set
            {
                var mine = bytes;
                if (mine.Length != value.Length) throw new ArgumentException($"{value.Length} bytes given for a tensor of {mine.Length}");
                value.CopyTo(mine);
            }
        }

        /// <summary>Writes the elements' bytes, of any length.</summary>
        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            var start = (byte*)DataPointer();
            var length = NumberOfElements * ElementSize;
            for (long done = 0; done < length; done += int.MaxValue)
                stream.Write(new ReadOnlySpan<byte>(start + done, (int)Math.Min(int.MaxValue, length - done)));
            GC.KeepAlive(this);
        }

        /// <summary>Reads the elements' bytes, of any length.</summary>
        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            var start = (byte*)DataPointer();
            var length = NumberOfElements * ElementSize;
            for (long done = 0; done < length; done += int.MaxValue)
                stream.ReadExactly(new Span<byte>(start + done, (int)Math.Min(int.MaxValue, length - done)));
            GC.KeepAlive(this);
        }

        internal nint DataPointer()
        {
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException($"the memory of a tensor on {device} cannot be read; call cpu() first");
            if (!is_contiguous())
                throw new InvalidOperationException("the memory of a tensor that is not contiguous cannot be read; call contiguous() first");
            return Address(this);
        }

        public static explicit operator float(Tensor value) => (float)value.AsDouble();

        public static explicit operator double(Tensor value) => value.AsDouble();

        public static explicit operator int(Tensor value) => (int)value.AsInt64();

        public static explicit operator long(Tensor value) => value.AsInt64();

        public static explicit operator bool(Tensor value) => value.AsDouble() != 0;

        double AsDouble()
        {
            using var converted = to(ScalarType.Float64);
            return converted.item<double>();
        }

        long AsInt64()
        {
            using var converted = to(ScalarType.Int64);
            return converted.item<long>();
        }

        internal static unsafe Tensor FromSpan<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device,
            bool requires_grad)
            where T : unmanaged
        {
            long count = 1;
            foreach (var size in dimensions) count *= size;
            if (count > values.Length)
                throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {values.Length}");
            var type = TypeOf<T>();
            fixed (T* p = values)
            {
                var made = anit_from_bytes(p, dimensions, dimensions.Length, (int)type, Code(device));
                if (dtype is { } wanted && wanted != type) made = made.to_type(wanted, disposeAfter: true);
                return requires_grad ? made.requires_grad_() : made;
            }
        }

        internal static nint Address(Tensor tensor)
        {
            var pointer = anit_data_ptr(tensor);
            return pointer != 0 || tensor.NumberOfElements == 0 ? pointer : throw LastError();
        }
    }
}

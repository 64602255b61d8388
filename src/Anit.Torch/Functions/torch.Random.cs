using System.Runtime.InteropServices.Marshalling;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers on one device.</summary>
    [NativeMarshalling(typeof(GeneratorMarshaller))]
    public sealed class Generator : IDisposable
    {
        nint handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            handle = Checked(anit_generator_new((long)seed, this.device.Code));
        }

        Generator(nint handle, Device device) => (this.handle, this.device) = (handle, device);

        public nint Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(handle == 0, this);
                return handle;
            }
        }

        public Device device { get; }

        /// <summary>The CPU's own generator, used where none is given.</summary>
        public static Generator Default => new(Checked(anit_generator_default(CPU.Code)), CPU);

        public Generator manual_seed(long seed)
        {
            anit_generator_set_seed(this, seed);
            return this;
        }

        public long seed() => anit_generator_seed(this);

        public long initial_seed() => anit_generator_initial_seed(this);

        public Tensor get_state() => anit_generator_get_state(this);

        public void set_state(Tensor value) => anit_generator_set_state(this, value);

        ~Generator() => Free();

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        void Free()
        {
            if (Interlocked.Exchange(ref handle, 0) is var mine and not 0) anit_generator_free(mine);
        }

        static nint Checked(nint made) => made != 0 ? made : throw LastError();
    }

    /// <summary>Seeds the generators of all devices.</summary>
    public static Generator manual_seed(long seed)
    {
        anit_manual_seed(seed);
        return Generator.Default;
    }
}

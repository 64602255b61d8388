namespace TorchSharp;

public static partial class torch
{
    /// <summary>A multi-dimensional array of libtorch.</summary>
    /// <remarks>Owns one native handle, freed by <see cref="Dispose()"/>, by the scope that holds it, or at last by the finaliser.</remarks>
    [System.Runtime.InteropServices.Marshalling.NativeMarshalling(typeof(TensorMarshaller))]
    public partial class Tensor : IDisposable
    {
        static long alive;
        static long mostAlive;

        nint handle;

        internal Tensor(nint handle)
        {
            this.handle = handle;
            var now = Interlocked.Increment(ref alive);
            if (now > mostAlive) mostAlive = now;
            DisposeScopeManager.OfThread.Register(this);
        }

        /// <summary>Takes the handle of another tensor over: the other is empty afterwards, its scope holds this one.</summary>
        private protected Tensor(Tensor taken)
        {
            handle = taken.Handle;
            taken.handle = 0;
            if (taken.OwningDisposeScope is not { } scope) return;
            scope.Drop(taken);
            scope.Hold(this);
        }

        internal DisposeScope? OwningDisposeScope { get; set; }

        internal int PlaceInScope { get; set; }

        /// <summary>Tensor objects not freed yet, in the whole process.</summary>
        public static long TotalCount => Interlocked.Read(ref alive);

        /// <summary>The most tensor objects there ever were at once.</summary>
        public static long PeakCount => mostAlive;

        /// <summary>The native tensor, an <c>at::Tensor*</c>.</summary>
        /// <exception cref="ObjectDisposedException">The tensor has been freed.</exception>
        public nint Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(handle == 0, this);
                return handle;
            }
        }

        /// <summary>Whether the tensor has been freed.</summary>
        public bool IsInvalid => handle == 0;

        /// <summary>Wraps an <c>at::Tensor*</c> made elsewhere and owns it from now on.</summary>
        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        ~Tensor() => Dispose(false);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var mine = Interlocked.Exchange(ref handle, 0);
            if (mine == 0) return;
            Interlocked.Decrement(ref alive);
            if (disposing) LeaveScope(); // a finaliser runs on another thread, when no scope can reach the tensor any more
            Shim.anit_free(mine);
        }

        void LeaveScope()
        {
            var counts = DisposeScopeManager.Statistics;
            if (OwningDisposeScope is { } scope)
            {
                scope.Drop(this);
                counts.DisposedInScopeCount++;
            }
            else
            {
                counts.DisposedOutsideScopeCount++;
            }
        }

        /// <summary>Lets the tensor outlive its scope: the enclosing one frees it.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Lets the tensor outlive all scopes: the caller frees it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>A second object over the same native tensor.</summary>
        public Tensor alias() => anit_alias(this);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        /// <summary>Shape, element type and device.</summary>
        public override string ToString() => IsInvalid ? "(disposed)" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
    }
}

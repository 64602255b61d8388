using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One place of an index expression: <c>x[TensorIndex.Ellipsis, 1..3, 0]</c>.</summary>
    public readonly struct TensorIndex
    {
        readonly Kind kind;
        readonly int given; // which of start, stop and step are: bits 1, 2, 4
        readonly long start;
        readonly long stop;
        readonly long step;
        readonly Tensor? tensor;

        TensorIndex(Kind kind, long start = 0, Tensor? tensor = null) => (this.kind, this.start, this.tensor) = (kind, start, tensor);

        TensorIndex(long? start, long? stop, long? step)
        {
            kind = Kind.Slice;
            given = (start is null ? 0 : 1) | (stop is null ? 0 : 2) | (step is null ? 0 : 4);
            (this.start, this.stop, this.step) = (start ?? 0, stop ?? 0, step ?? 0);
        }

        enum Kind { None, Ellipsis, Single, Bool, Slice, Tensor } // the numbers of places() in native/shape.cpp

        public static TensorIndex Ellipsis { get; } = new(Kind.Ellipsis);

        public static TensorIndex None { get; } = new(Kind.None);

        public static TensorIndex Null { get; } = new(Kind.None);

        public static TensorIndex Colon { get; } = new(null, null, null);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(start, stop, step);

        public static TensorIndex Slice((int?, int?) range) => new(range.Item1, range.Item2, null);

        public static TensorIndex Slice(Range range) => new(At(range.Start, ofEnd: null), At(range.End, ofEnd: null), null);

        public static TensorIndex Bool(bool value) => new(Kind.Bool, value ? 1 : 0);

        public static TensorIndex Single(long? index) => index is { } i ? new(Kind.Single, i) : None;

        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, 0, tensor);

        public static implicit operator TensorIndex(long value) => new(Kind.Single, value);

        public static implicit operator TensorIndex(Tensor value) => Tensor(value);

        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => new(Kind.Single, At(index, ofEnd: 0) ?? 0);

        // ^0 as the end of a range is no bound at all; as an index it is one past the last and left to libtorch to refuse.
        static long? At(Index index, long? ofEnd) => !index.IsFromEnd ? index.Value : index.Value == 0 ? ofEnd : -index.Value;

        internal Native ToNative() =>
            new() { Kind = (int)kind, Given = given, Start = start, Stop = stop, Step = step, Tensor = kind == Kind.Tensor ? tensor!.Handle : 0 };

        [StructLayout(LayoutKind.Sequential)]
        internal struct Native
        {
            internal int Kind;
            internal int Given;
            internal long Start;
            internal long Stop;
            internal long Step;
            internal nint Tensor;
        }
    }
}

using System.Numerics;
using System.Runtime.InteropServices;
using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Write;

/// <summary>Smallest and largest of the values seen, for pages and chunks.</summary>
abstract class MinMax
{
    const int MostBytes = 64;

    /// <summary>For types without an order.</summary>
    public static MinMax None { get; } = new Nothing();

    /// <summary>Whether any value was seen that counts.</summary>
    public abstract bool Any { get; }

    public abstract void Clear();

    /// <summary>Takes in what another of the same kind saw.</summary>
    public abstract void Add(MinMax other);

    /// <summary>Another one of the same kind, empty.</summary>
    public abstract MinMax Fresh();

    /// <summary>Sets the statistics' bounds; long texts are cut.</summary>
    public abstract void Fill(Statistics statistics);

    sealed class Nothing : MinMax
    {
        public override bool Any => false;
        public override void Clear() { }
        public override void Add(MinMax other) { }
        public override MinMax Fresh() => this;
        public override void Fill(Statistics statistics) { }
    }

    /// <summary>Numbers in their own order; NaN does not count and zeros are bounded by -0 and +0.</summary>
    public sealed class Of<T> : MinMax where T : unmanaged, INumber<T>
    {
        T smallest, largest;
        bool any;

        public override bool Any => any;
        public override void Clear() => any = false;
        public override MinMax Fresh() => new Of<T>();

        public override void Add(MinMax other)
        {
            var o = (Of<T>)other;
            if (o.any) Add([o.smallest, o.largest]);
        }

        public void Add(ReadOnlySpan<T> values)
        {
            var at = 0;
            if (!any)
            {
                while (at < values.Length && T.IsNaN(values[at])) at++;
                if (at == values.Length) return;
                (smallest, largest, any) = (values[at], values[at], true);
            }
            var (low, high) = (smallest, largest);
            foreach (var value in values[at..])
            {
                if (value < low) low = value;
                if (value > high) high = value;
            }
            (smallest, largest) = (low, high);
        }

        public override void Fill(Statistics statistics)
        {
            if (!any) return;
            var (low, high) = (smallest, largest);
            if (typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half))
            {
                if (low == T.Zero) low = -T.Zero;
                if (high == T.Zero) high = T.Abs(high);
            }
            statistics.Min = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in low)).ToArray();
            statistics.Max = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in high)).ToArray();
        }
    }

    /// <summary>Byte strings in unsigned order, or big-endian signed numbers of one width.</summary>
    public sealed class OfBytes(bool text, bool signed = false) : MinMax
    {
        readonly ByteBuffer smallest = new(), largest = new();
        bool any;

        public override bool Any => any;
        public override MinMax Fresh() => new OfBytes(text, signed);

        public override void Clear()
        {
            any = false;
            smallest.Clear();
            largest.Clear();
        }

        public override void Add(MinMax other)
        {
            var o = (OfBytes)other;
            if (!o.any) return;
            Add(o.smallest.Written);
            Add(o.largest.Written);
        }

        public void Add(ReadOnlySpan<byte> value)
        {
            if (!any || Compare(value, smallest.Written) < 0) Set(smallest, value);
            if (!any || Compare(value, largest.Written) > 0) Set(largest, value);
            any = true;
        }

        int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
        {
            if (signed && (sbyte)a[0] < 0 != (sbyte)b[0] < 0) return (sbyte)a[0] < 0 ? -1 : 1;
            return a.SequenceCompareTo(b);
        }

        static void Set(ByteBuffer to, ReadOnlySpan<byte> value)
        {
            to.Clear();
            to.Append(value);
        }

        public override void Fill(Statistics statistics)
        {
            if (!any) return;
            (statistics.Min, statistics.MinExact) = smallest.Length <= MostBytes || signed
                ? (smallest.Written.ToArray(), true) : (smallest.Written[..Cut(smallest.Written)].ToArray(), false);
            (statistics.Max, statistics.MaxExact) = largest.Length <= MostBytes || signed
                ? (largest.Written.ToArray(), true) : (Above(largest.Written), false);
        }

        /// <summary>Where a long value is cut: for text between characters.</summary>
        int Cut(ReadOnlySpan<byte> value)
        {
            var at = MostBytes;
            while (text && at > 0 && (value[at] & 0xC0) == 0x80) at--;
            return at;
        }

        /// <summary>A short value above all that begin alike: the prefix up to a byte that can grow, grown by one.</summary>
        byte[]? Above(ReadOnlySpan<byte> value)
        {
            var most = text ? 0x7E : 0xFE; // in text only ASCII grows without leaving UTF-8
            for (var at = Cut(value) - 1; at >= 0; at--)
            {
                if (value[at] > most) continue;
                var above = value[..(at + 1)].ToArray();
                above[at]++;
                return above;
            }
            return null;
        }
    }
}

using System.Numerics;

namespace Anit.Data.Expressions;

enum ScalarKind : byte { Null, Bool, Number, Real, Text, Time }

/// <summary>A value of an expression. Numbers are exact: an integer divided by a power of ten; reals are doubles; times are nanoseconds.</summary>
readonly struct Scalar
{
    /// <summary>Digits of a number, with room for sums and for bringing two numbers to one scale.</summary>
    public const int MostDigits = 30;

    readonly Int128 number;
    readonly double real;
    readonly ReadOnlyMemory<byte> text;
    readonly byte scale;

    Scalar(ScalarKind kind, Int128 number = default, int scale = 0, double real = 0, ReadOnlyMemory<byte> text = default) =>
        (Kind, this.number, this.scale, this.real, this.text) = (kind, number, (byte)scale, real, text);

    public ScalarKind Kind { get; }

    public static Scalar Null => default;
    public static Scalar OfBool(bool value) => new(ScalarKind.Bool, value ? 1 : 0);
    public static Scalar OfNumber(Int128 unscaled, int scale = 0) => new(ScalarKind.Number, unscaled, scale);
    public static Scalar OfReal(double value) => new(ScalarKind.Real, real: value);
    public static Scalar OfText(ReadOnlyMemory<byte> value) => new(ScalarKind.Text, text: value);
    public static Scalar OfTime(Int128 nanoseconds) => new(ScalarKind.Time, nanoseconds);

    public bool IsNull => Kind == ScalarKind.Null;
    public bool IsTrue => Kind == ScalarKind.Bool && number != 0;
    public bool IsFalse => Kind == ScalarKind.Bool && number == 0;
    public Int128 Unscaled => number;
    public int Scale => scale;
    public ReadOnlyMemory<byte> Bytes => text;

    /// <summary>A number of either kind as a double.</summary>
    public double Real => Kind == ScalarKind.Real ? real : scale == 0 ? (double)number : (double)number / Math.Pow(10, scale);

    /// <summary>The value with the other sign; null for what has none.</summary>
    public Scalar? Negative() => Kind switch
    {
        ScalarKind.Number => OfNumber(-number, scale), ScalarKind.Real => OfReal(-real), _ => null,
    };

    /// <summary>Less than, equal to or greater than zero as two values of comparable kinds are; null where one is NaN.</summary>
    public static int? Compare(in Scalar a, in Scalar b) => (a.Kind, b.Kind) switch
    {
        (ScalarKind.Text, ScalarKind.Text) => a.text.Span.SequenceCompareTo(b.text.Span),
        (ScalarKind.Real, ScalarKind.Real) => double.IsNaN(a.real) || double.IsNaN(b.real) ? null : a.real.CompareTo(b.real) is var order
            && a.real == b.real ? 0 : order,
        (ScalarKind.Real, ScalarKind.Number) => double.IsNaN(a.real) ? null : -CompareExactly(b, a.real),
        (ScalarKind.Number, ScalarKind.Real) => double.IsNaN(b.real) ? null : CompareExactly(a, b.real),
        (ScalarKind.Number, ScalarKind.Number) when a.scale != b.scale => BigInteger.Compare(a.At(b.scale), b.At(a.scale)),
        _ => a.number.CompareTo(b.number),
    };

    BigInteger At(int otherScale) => otherScale <= scale ? (BigInteger)number : (BigInteger)number * BigInteger.Pow(10, otherScale - scale);

    // A double is an integer times a power of two, so both sides can be integers.
    static int CompareExactly(in Scalar number, double real)
    {
        if (double.IsInfinity(real)) return real > 0 ? -1 : 1;
        if (number.scale == 0 && Math.Abs(real) < 1e30 && Math.Floor(real) is var floor)
        {
            var order = number.number.CompareTo((Int128)floor);
            return order != 0 ? order : real > floor ? -1 : 0;
        }
        var bits = BitConverter.DoubleToInt64Bits(real);
        var exponent = (int)(bits >> 52 & 0x7FF);
        var mantissa = (BigInteger)((bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52)) * (real < 0 ? -1 : 1);
        exponent = Math.Max(exponent, 1) - 1_075;
        var (left, right) = ((BigInteger)number.number, mantissa * BigInteger.Pow(10, number.scale));
        if (exponent >= 0) right <<= exponent;
        else left <<= -exponent;
        return BigInteger.Compare(left, right);
    }

    /// <summary>Sum, difference, product, quotient or rest of two numbers; exact unless one is real or they are divided.</summary>
    public static Scalar Calculate(char sign, in Scalar a, in Scalar b)
    {
        if (sign == '/') return b.Real == 0 ? Null : OfReal(a.Real / b.Real);
        if (a.Kind == ScalarKind.Real || b.Kind == ScalarKind.Real)
        {
            return sign switch
            {
                '+' => OfReal(a.Real + b.Real), '-' => OfReal(a.Real - b.Real), '*' => OfReal(a.Real * b.Real),
                _ => b.Real == 0 ? Null : OfReal(a.Real % b.Real),
            };
        }
        var scale = sign == '*' ? a.scale + b.scale : Math.Max(a.scale, b.scale);
        var (left, right) = sign == '*' ? (a.number, b.number) : (a.At(b.scale), b.At(a.scale));
        var exact = sign switch
        {
            '+' => left + right, '-' => left - right, '*' => left * right, _ => right.IsZero ? (BigInteger?)null : BigInteger.Remainder(left, right),
        };
        if (exact is not { } result) return Null;
        return BigInteger.Abs(result) <= (BigInteger)Int128.MaxValue && scale <= byte.MaxValue
            ? OfNumber((Int128)result, scale) : OfReal((double)result / Math.Pow(10, scale));
    }
}

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => anit_eq(this, target);
        public Tensor eq(Scalar target) => anit_eq_number(this, target);
        public Tensor ne(Tensor target) => anit_ne(this, target);
        public Tensor ne(Scalar target) => anit_ne_number(this, target);
        public Tensor lt(Tensor target) => anit_lt(this, target);
        public Tensor lt(Scalar target) => anit_lt_number(this, target);
        public Tensor le(Tensor target) => anit_le(this, target);
        public Tensor le(Scalar target) => anit_le_number(this, target);
        public Tensor gt(Tensor target) => anit_gt(this, target);
        public Tensor gt(Scalar target) => anit_gt_number(this, target);
        public Tensor ge(Tensor target) => anit_ge(this, target);
        public Tensor ge(Scalar target) => anit_ge_number(this, target);
        public Tensor isnan() => anit_isnan(this);
        public Tensor isfinite() => anit_isfinite(this);

        /// <summary>Element by element, as in TorchSharp; PyTorch's function of that name is <see cref="allclose"/> without tolerance.</summary>
        public Tensor equal(Tensor target) => eq(target);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            anit_allclose(this, target, rtol, atol, equal_nan).IsTrue;

        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);
        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);
        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);
        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);
        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);
        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);
        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);
    }
}

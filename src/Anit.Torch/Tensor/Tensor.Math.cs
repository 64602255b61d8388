namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => anit_abs(this);
        public Tensor neg() => anit_neg(this);
        public Tensor exp() => anit_exp(this);
        public Tensor log() => anit_log(this);
        public Tensor sin() => anit_sin(this);
        public Tensor cos() => anit_cos(this);
        public Tensor tanh() => anit_tanh(this);
        public Tensor sigmoid() => anit_sigmoid(this);
        public Tensor sqrt() => anit_sqrt(this);
        public Tensor rsqrt() => anit_rsqrt(this);
        public Tensor square() => anit_square(this);
        public Tensor reciprocal() => anit_reciprocal(this);
        public Tensor sign() => anit_sign(this);
        public Tensor round(long decimals = 0) => anit_round(this, decimals);
        public Tensor logical_not() => anit_logical_not(this);
        public Tensor bitwise_not() => anit_bitwise_not(this);

        public Tensor tanh_() => Done(anit_tanh_(this));
        public Tensor fill_(Scalar value) => Done(anit_fill_(this, value));
        public Tensor zero_() => Done(anit_zero_(this));

        public Tensor add(Tensor target) => anit_add(this, target, 1);
        public Tensor add(Tensor target, Scalar alpha) => anit_add(this, target, alpha);
        public Tensor add(Scalar scalar) => anit_add_number(this, scalar, 1);
        public Tensor add(Scalar scalar, Scalar alpha) => anit_add_number(this, scalar, alpha);
        public Tensor add_(Tensor target) => Done(anit_add_(this, target, 1));
        public Tensor add_(Tensor target, Scalar alpha) => Done(anit_add_(this, target, alpha));
        public Tensor add_(Scalar scalar) => Done(anit_add_number_(this, scalar, 1));
        public Tensor add_(Scalar scalar, Scalar alpha) => Done(anit_add_number_(this, scalar, alpha));
        public Tensor sub(Tensor target) => anit_sub(this, target, 1);
        public Tensor sub(Scalar target) => anit_sub_number(this, target, 1);
        public Tensor sub_(Tensor target) => Done(anit_sub_(this, target, 1));
        public Tensor sub_(Scalar target) => Done(anit_sub_number_(this, target, 1));
        public Tensor mul(Tensor target) => anit_mul(this, target);
        public Tensor mul(Scalar target) => anit_mul_number(this, target);
        public Tensor mul_(Tensor target) => Done(anit_mul_(this, target));
        public Tensor mul_(Scalar target) => Done(anit_mul_number_(this, target));
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => anit_div(this, target, (int)rounding_mode);
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => anit_div_number(this, target, (int)rounding_mode);
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Done(anit_div_(this, target, (int)rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Done(anit_div_number_(this, target, (int)rounding_mode));
        public Tensor pow(Tensor exponent) => anit_pow(this, exponent);
        public Tensor pow(Scalar exponent) => anit_pow_number(this, exponent);
        public Tensor remainder(Tensor other) => anit_remainder(this, other);
        public Tensor remainder(Scalar other) => anit_remainder_number(this, other);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Done(anit_addcmul_(this, tensor1, tensor2, value));
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Done(anit_addcdiv_(this, tensor1, tensor2, value));
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => addcdiv_(tensor1, tensor2, 1);
        public Tensor maximum(Tensor other) => anit_maximum(this, other);
        public Tensor minimum(Tensor other) => anit_minimum(this, other);

        public unsafe Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            var (low, high) = (min.GetValueOrDefault(), max.GetValueOrDefault());
            return anit_clamp(this, min is null ? null : &low, max is null ? null : &high);
        }

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => anit_clamp_tensor(this, min, max);

        public Tensor matmul(Tensor target) => anit_matmul(this, target);
        public Tensor mm(Tensor target) => anit_mm(this, target);
        public Tensor bmm(Tensor batch2) => anit_bmm(this, batch2);
        public Tensor outer(Tensor vec2) => anit_outer(this, vec2);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => anit_addmm(this, mat1, mat2, beta, alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Done(anit_addmm_(this, mat1, mat2, beta, alpha));
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => anit_baddbmm(this, batch1, batch2, beta, alpha);

        public Tensor softmax(long dim, ScalarType? dtype = null) => anit_softmax(this, dim, Code(dtype));
        public Tensor gelu() => anit_gelu(this, false);
        public Tensor gelu(Modules.GELU.Approximate approximate) => anit_gelu(this, approximate == Modules.GELU.Approximate.tanh);
        public Tensor silu() => anit_silu(this);
        public Tensor silu_() => Done(anit_silu_(this));

        public Tensor uniform_(double from, double to, Generator? generator = null) => Done(anit_uniform_(this, from, to, generator));

        // An operation in place answers with the tensor it changed; the status has thrown by now if there was anything to throw.
        Tensor Done(Status _) => this;
    }
}

// Arithmetic, comparisons, reductions, products, order.
#include "anit_torch.h"

#define UNARY(op) ANIT Handle anit_##op(Handle x) { TENSOR(ref(x).op()) }
#define UNARY_(op) UNARY(op) ANIT int32_t anit_##op##_(Handle x) { DO(ref(x).op##_()) }
UNARY_(tanh) UNARY(abs) UNARY(neg) UNARY(exp) UNARY(log) UNARY(sin) UNARY(cos) UNARY(sigmoid) UNARY(sqrt) UNARY(rsqrt) UNARY(square)
UNARY(reciprocal) UNARY(sign) UNARY(logical_not) UNARY(bitwise_not) UNARY(isnan) UNARY(isfinite)
ANIT Handle anit_round(Handle x, int64_t decimals) { TENSOR(at::round(ref(x), decimals)) }

#define BINARY(op) ANIT Handle anit_##op(Handle x, Handle y) { TENSOR(ref(x).op(ref(y))) }
BINARY(maximum) BINARY(minimum) BINARY(matmul) BINARY(mm) BINARY(bmm) BINARY(outer)
BINARY(bitwise_and) BINARY(bitwise_or) BINARY(bitwise_xor)

#define SCALED(op) \
  ANIT Handle anit_##op(Handle x, Handle y, Number alpha) { TENSOR(ref(x).op(ref(y), to_scalar(alpha))) } \
  ANIT Handle anit_##op##_number(Handle x, Number y, Number alpha) { TENSOR(ref(x).op(to_scalar(y), to_scalar(alpha))) } \
  ANIT int32_t anit_##op##_(Handle x, Handle y, Number alpha) { DO(ref(x).op##_(ref(y), to_scalar(alpha))) } \
  ANIT int32_t anit_##op##_number_(Handle x, Number y, Number alpha) { DO(ref(x).op##_(to_scalar(y), to_scalar(alpha))) }
SCALED(add) SCALED(sub)

#define EITHER(op) \
  ANIT Handle anit_##op(Handle x, Handle y) { TENSOR(ref(x).op(ref(y))) } \
  ANIT Handle anit_##op##_number(Handle x, Number y) { TENSOR(ref(x).op(to_scalar(y))) }
#define EITHER_(op) EITHER(op) \
  ANIT int32_t anit_##op##_(Handle x, Handle y) { DO(ref(x).op##_(ref(y))) } \
  ANIT int32_t anit_##op##_number_(Handle x, Number y) { DO(ref(x).op##_(to_scalar(y))) }
EITHER_(mul) EITHER(pow) EITHER(remainder) EITHER(eq) EITHER(ne) EITHER(lt) EITHER(le) EITHER(gt) EITHER(ge)
ANIT Handle anit_rsub_number(Handle x, Number y) { TENSOR(at::rsub(ref(x), to_scalar(y))) }

// mode: 0 true division, 1 truncated, 2 floored
static Maybe<c10::string_view> rounding(int32_t mode) {
  return mode == 0 ? Maybe<c10::string_view>() : Maybe<c10::string_view>(mode == 1 ? "trunc" : "floor");
}
ANIT Handle anit_div(Handle x, Handle y, int32_t mode) { TENSOR(ref(x).div(ref(y), rounding(mode))) }
ANIT Handle anit_div_number(Handle x, Number y, int32_t mode) { TENSOR(ref(x).div(to_scalar(y), rounding(mode))) }
ANIT int32_t anit_div_(Handle x, Handle y, int32_t mode) { DO(ref(x).div_(ref(y), rounding(mode))) }
ANIT int32_t anit_div_number_(Handle x, Number y, int32_t mode) { DO(ref(x).div_(to_scalar(y), rounding(mode))) }

ANIT int32_t anit_addcmul_(Handle x, Handle a, Handle b, Number v) { DO(ref(x).addcmul_(ref(a), ref(b), to_scalar(v))) }
ANIT int32_t anit_addcdiv_(Handle x, Handle a, Handle b, Number v) { DO(ref(x).addcdiv_(ref(a), ref(b), to_scalar(v))) }
ANIT Handle anit_clamp(Handle x, const Number* min, const Number* max) { TENSOR(at::clamp(ref(x), maybe_scalar(min), maybe_scalar(max))) }
ANIT Handle anit_clamp_tensor(Handle x, Handle min, Handle max) { TENSOR(at::clamp(ref(x), maybe(min), maybe(max))) }

ANIT Handle anit_addmm(Handle x, Handle a, Handle b, double beta, double alpha) { TENSOR(at::addmm(ref(x), ref(a), ref(b), beta, alpha)) }
ANIT int32_t anit_addmm_(Handle x, Handle a, Handle b, double beta, double alpha) { DO(ref(x).addmm_(ref(a), ref(b), beta, alpha)) }
ANIT Handle anit_baddbmm(Handle x, Handle a, Handle b, double beta, double alpha) { TENSOR(at::baddbmm(ref(x), ref(a), ref(b), beta, alpha)) }

ANIT Handle anit_sum(Handle x, int32_t dtype) { TENSOR(at::sum(ref(x), maybe_dtype(dtype))) }
ANIT Handle anit_sum_dims(Handle x, const int64_t* dims, int32_t n, bool keep, int32_t dtype) {
  TENSOR(at::sum(ref(x), ints(dims, n), keep, maybe_dtype(dtype)))
}
ANIT Handle anit_mean(Handle x, int32_t dtype) { TENSOR(at::mean(ref(x), maybe_dtype(dtype))) }
ANIT Handle anit_mean_dims(Handle x, const int64_t* dims, int32_t n, bool keep, int32_t dtype) {
  TENSOR(at::mean(ref(x), ints(dims, n), keep, maybe_dtype(dtype)))
}
ANIT Handle anit_std(Handle x, bool unbiased) { TENSOR(at::std(ref(x), unbiased)) }
ANIT Handle anit_std_dims(Handle x, const int64_t* dims, int32_t n, bool unbiased, bool keep) {
  TENSOR(at::std(ref(x), ints(dims, n), unbiased, keep))
}
ANIT Handle anit_var(Handle x, bool unbiased) { TENSOR(at::var(ref(x), unbiased)) }
ANIT Handle anit_var_dims(Handle x, const int64_t* dims, int32_t n, bool unbiased, bool keep) {
  TENSOR(at::var(ref(x), ints(dims, n), unbiased, keep))
}
ANIT Handle anit_norm(Handle x, double p) { TENSOR(at::norm(ref(x), at::Scalar(p))) }
ANIT Handle anit_norm_dim(Handle x, int64_t dim, bool keep, double p) { TENSOR(at::norm(ref(x), at::Scalar(p), {dim}, keep)) }

ANIT Handle anit_logsumexp(Handle x, int64_t dim, bool keep) { TENSOR(at::logsumexp(ref(x), {dim}, keep)) }

#define WHOLE_OR_DIM(op) \
  ANIT Handle anit_##op(Handle x) { TENSOR(at::op(ref(x))) } \
  ANIT Handle anit_##op##_dim(Handle x, int64_t dim, bool keep) { TENSOR(at::op(ref(x), dim, keep)) }
WHOLE_OR_DIM(all) WHOLE_OR_DIM(argmax)

static std::vector<at::Tensor> pair(std::tuple<at::Tensor, at::Tensor> p) { return {std::get<0>(std::move(p)), std::get<1>(std::move(p))}; }
ANIT Handle anit_max(Handle x) { TENSOR(ref(x).max()) }
ANIT Handle anit_min(Handle x) { TENSOR(ref(x).min()) }
ANIT int64_t anit_max_dim(Handle x, int64_t dim, bool keep) { TENSORS(pair(ref(x).max(dim, keep))) }
ANIT int64_t anit_min_dim(Handle x, int64_t dim, bool keep) { TENSORS(pair(ref(x).min(dim, keep))) }
ANIT int32_t anit_allclose(Handle x, Handle y, double rtol, double atol, bool nan) { VALUE(at::allclose(ref(x), ref(y), rtol, atol, nan)) }

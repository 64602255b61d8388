// The operations of neural networks, as functions.
#include "anit_torch.h"

ANIT Handle anit_softmax(Handle x, int64_t dim, int32_t dtype) { TENSOR(at::softmax(ref(x), dim, maybe_dtype(dtype))) }
ANIT Handle anit_log_softmax(Handle x, int64_t dim, int32_t dtype) { TENSOR(at::log_softmax(ref(x), dim, maybe_dtype(dtype))) }
ANIT Handle anit_relu(Handle x) { TENSOR(at::relu(ref(x))) }
ANIT int32_t anit_relu_(Handle x) { DO(at::relu_(ref(x))) }
ANIT Handle anit_silu(Handle x) { TENSOR(at::silu(ref(x))) }
ANIT int32_t anit_silu_(Handle x) { DO(at::silu_(ref(x))) }
ANIT Handle anit_gelu(Handle x, bool tanh) { TENSOR(at::gelu(ref(x), tanh ? "tanh" : "none")) }
ANIT Handle anit_softplus(Handle x, double beta, double threshold) { TENSOR(at::softplus(ref(x), beta, threshold)) }
ANIT Handle anit_dropout(Handle x, double p, bool training) { TENSOR(at::dropout(ref(x), p, training)) }
ANIT int32_t anit_dropout_(Handle x, double p, bool training) { DO(at::dropout_(ref(x), p, training)) }
ANIT Handle anit_linear(Handle x, Handle weight, Handle bias) { TENSOR(at::linear(ref(x), ref(weight), maybe(bias))) }
ANIT Handle anit_embedding(Handle weight, Handle ids) { TENSOR(at::embedding(ref(weight), ref(ids))) }
ANIT Handle anit_one_hot(Handle x, int64_t classes) { TENSOR(at::one_hot(ref(x), classes)) }
ANIT Handle anit_layer_norm(Handle x, const int64_t* shape, int32_t n, Handle weight, Handle bias, double eps) {
  TENSOR(at::layer_norm(ref(x), ints(shape, n), maybe(weight), maybe(bias), eps))
}
ANIT Handle anit_cross_entropy(Handle x, Handle target, Handle weight, int64_t ignore, int32_t reduction, double smoothing) {
  TENSOR(at::cross_entropy_loss(ref(x), ref(target), maybe(weight), reduction, ignore, smoothing))
}
ANIT Handle anit_nll_loss(Handle x, Handle target, Handle weight, int64_t ignore, int32_t reduction) {
  TENSOR(at::nll_loss(ref(x), ref(target), maybe(weight), reduction, ignore))
}
ANIT Handle anit_mse_loss(Handle x, Handle target, int32_t reduction) { TENSOR(at::mse_loss(ref(x), ref(target), reduction)) }
ANIT Handle anit_kl_div(Handle x, Handle target, int32_t reduction, bool log_target) {
  TENSOR(at::kl_div(ref(x), ref(target), reduction, log_target))
}
ANIT Handle anit_pad(Handle x, const int64_t* pad, int32_t n, double value) { TENSOR(at::constant_pad_nd(ref(x), ints(pad, n), value)) }

// Whether libtorch has attention that never writes the scores out; 1.13 has the same formula, private and step by step.
ANIT int32_t anit_has_fused_attention() { return TORCH_GE(2, 0); }
ANIT Handle anit_attention(Handle q, Handle k, Handle v, Handle mask, double p, bool causal) {
#if TORCH_GE(2, 0)
  TENSOR(at::scaled_dot_product_attention(ref(q), ref(k), ref(v), maybe(mask), p, causal))
#else
  TENSOR(std::get<0>(at::_scaled_dot_product_attention(ref(q), ref(k), ref(v), maybe(mask), p, false, causal)))
#endif
}

// The operations of neural networks, as functions.
#include "anit_torch.h"

ANIT Handle anit_softmax(Handle x, int64_t dim, int32_t dtype) { TENSOR(at::softmax(ref(x), dim, maybe_dtype(dtype))) }
ANIT Handle anit_silu(Handle x) { TENSOR(at::silu(ref(x))) }
ANIT int32_t anit_silu_(Handle x) { DO(at::silu_(ref(x))) }
ANIT Handle anit_gelu(Handle x, bool tanh) { TENSOR(at::gelu(ref(x), tanh ? "tanh" : "none")) }
ANIT Handle anit_linear(Handle x, Handle weight, Handle bias) { TENSOR(at::linear(ref(x), ref(weight), maybe(bias))) }
ANIT Handle anit_cross_entropy(Handle x, Handle target, Handle weight, int64_t ignore, int32_t reduction, double smoothing) {
  TENSOR(at::cross_entropy_loss(ref(x), ref(target), maybe(weight), reduction, ignore, smoothing))
}

// Whether libtorch has attention that never writes the scores out; 1.13 has the same formula, private and step by step.
ANIT int32_t anit_has_fused_attention() { return TORCH_GE(2, 0); }
ANIT Handle anit_attention(Handle q, Handle k, Handle v, Handle mask, double p, bool causal) {
#if TORCH_GE(2, 0)
  TENSOR(at::scaled_dot_product_attention(ref(q), ref(k), ref(v), maybe(mask), p, causal))
#else
  TENSOR(std::get<0>(at::_scaled_dot_product_attention(ref(q), ref(k), ref(v), maybe(mask), p, false, causal)))
#endif
}

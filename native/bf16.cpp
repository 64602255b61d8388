// Products of a frozen bfloat16 weight as it lies in the mapped file with float32 activations, on processors that multiply bfloat16
// themselves (AVX-512 BF16, AMX): oneDNN's gemm, which rounds nothing but the activations and sums in float32, at twice sgemm's speed.
// libtorch's own bfloat16 product would round its result as well. PyTorch's builds resolve oneDNN inside and show no such entry.
#include "anit_torch.h"
#include <dlfcn.h>

namespace {
using Bits = uint16_t;
using Gemm = int (*)(char, char, int64_t, int64_t, int64_t, float, const Bits*, int64_t, const Bits*, int64_t, float, float*, int64_t);

Gemm gemm() {
#if defined(__x86_64__)
  static const auto found = __builtin_cpu_supports("avx512bf16")
      ? reinterpret_cast<Gemm>(dlsym(RTLD_DEFAULT, "dnnl_gemm_bf16bf16f32")) : nullptr;
  return found;
#else
  return nullptr;
#endif
}

void multiply(at::Tensor& into, const at::Tensor& x, const at::Tensor& w, bool transposed, float beta) {
  const int64_t rows = x.size(0), inner = x.size(1), columns = w.size(transposed ? 0 : 1);
  if (x.scalar_type() != at::kFloat || into.scalar_type() != at::kFloat || w.scalar_type() != at::kBFloat16 || !w.is_contiguous()
      || !into.is_contiguous() || w.size(transposed ? 1 : 0) != inner || into.size(0) != rows || into.size(1) != columns)
    throw std::invalid_argument("into (R, N), x (R, K) must be float32, w (N, K), or (K, N), contiguous bfloat16, on the CPU");
  const at::Tensor rounded = x.to(at::kBFloat16).contiguous();
  const auto bits = [](const at::Tensor& t) { return static_cast<const Bits*>(t.data_ptr()); };
  SignalsHeld held;
  const int status = gemm()('N', transposed ? 'T' : 'N', rows, columns, inner, 1, bits(rounded), inner, bits(w), w.size(1), beta,
                            into.data_ptr<float>(), columns);
  if (status != 0) throw std::runtime_error("oneDNN refused a bfloat16 product");
}
}

ANIT int32_t anit_has_bf16_product() { return gemm() != nullptr; }

// into = x wᵀ (transposed) or x w, plus beta · into
ANIT int32_t anit_bf16_product_(Handle into, Handle x, Handle w, bool transposed, float beta) {
  DO(multiply(ref(into), ref(x), ref(w), transposed, beta))
}

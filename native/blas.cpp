// Debian's libtorch takes sgemm_ from whichever libblas.so.3 is installed; the reference one runs at 2 % of the machine.
// libtorch also brings oneDNN, which has a fast sgemm. A library opened by name is searched before its dependencies, so
// this sgemm_ is the one libtorch_cpu finds. PyTorch's own builds resolve theirs inside and never see it. The same goes for
// oneDNN's entry, through which libtorch's own products (bf16) run: no signal may interrupt either (signals.cpp).
#include "anit_torch.h"
#include <dlfcn.h>

namespace {
using OneDnn = int (*)(char, char, int64_t, int64_t, int64_t, float, const float*, int64_t, const float*, int64_t, float, float*, int64_t);
using Blas = void (*)(const char*, const char*, const int*, const int*, const int*, const float*, const float*, const int*, const float*,
                      const int*, const float*, float*, const int*);
using Execute = int (*)(const void*, void*, int, const void*);
}

extern "C" __attribute__((visibility("default"))) void sgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k,
    const float* alpha, const float* a, const int* lda, const float* b, const int* ldb, const float* beta, float* c, const int* ldc) {
  static const auto fast = reinterpret_cast<OneDnn>(dlsym(RTLD_NEXT, "dnnl_sgemm"));
  if (fast) {
    ActivationHeld held;
    // Column-major C = A B is row-major C' = B' A': the operands trade places.
    if (fast(*tb, *ta, *n, *m, *k, *alpha, b, *ldb, a, *lda, *beta, c, *ldc) == 0) return;
  }
  static const auto plain = reinterpret_cast<Blas>(dlsym(RTLD_NEXT, "sgemm_"));
  if (plain) plain(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

extern "C" __attribute__((visibility("default"))) int dnnl_primitive_execute(const void* primitive, void* stream, int n, const void* arguments) {
  static const auto execute = reinterpret_cast<Execute>(dlsym(RTLD_NEXT, "dnnl_primitive_execute"));
  ActivationHeld held;
  return execute(primitive, stream, n, arguments);
}

// Debian's libtorch takes sgemm_ from whichever libblas.so.3 is installed; the reference one runs at 2 % of the machine.
// libtorch also brings oneDNN, which has a fast sgemm. A library opened by name is searched before its dependencies, so
// this sgemm_ is the one libtorch_cpu finds. PyTorch's own builds resolve theirs inside and never see it. The same goes for
// oneDNN's entry, through which libtorch's own products (bf16) run: no signal may interrupt either (signals.cpp).
#include "anit_torch.h"
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <omp.h>
#include <algorithm>

namespace {
using OneDnn = int (*)(char, char, int64_t, int64_t, int64_t, float, const float*, int64_t, const float*, int64_t, float, float*, int64_t);
using Blas = void (*)(const char*, const char*, const int*, const int*, const int*, const float*, const float*, const int*, const float*,
                      const int*, const float*, float*, const int*);
using Execute = int (*)(const void*, void*, int, const void*);

// oneDNN's kernels compute 48 columns (of the row-major product) by 8 rows at once.
constexpr int64_t kColumns = 48, kRows = 8;
constexpr double kShare = 1 << 20; // multiplications that are worth another thread

constexpr int64_t kFew = 4;        // with more threads oneDNN's own cut, in two directions, copies less

// Makes oneDNN compute on the calling thread alone.
class OneThread {
  const int before = omp_get_max_threads();
 public:
  OneThread() { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before); }
};

// Row-major C (rows, columns) = A B, shared out along the longer side in even parts of whole kernels, each computed on one thread. oneDNN's own
// cut leaves one of two threads with up to two thirds of the work. No number depends on the parts.
bool shared(OneDnn product, char ta, char tb, int64_t rows, int64_t columns, int64_t k, float alpha, const float* a, int64_t lda, const float* b,
            int64_t ldb, float beta, float* c, int64_t ldc) {
  const bool by_rows = rows > columns;
  const int64_t side = by_rows ? rows : columns, unit = by_rows ? kRows : kColumns, units = (side + unit - 1) / unit;
  const int64_t threads = at::in_parallel_region() ? 1 : at::get_num_threads();
  if (threads == 1 || threads > kFew) {
    SignalsHeld held;
    return product(ta, tb, rows, columns, k, alpha, a, lda, b, ldb, beta, c, ldc) == 0;
  }
  const int64_t worth = static_cast<int64_t>(static_cast<double>(rows) * columns * k / kShare);
  const int64_t parts = std::max<int64_t>(1, std::min({threads, units, worth}));
  std::vector<int> failed(parts);
  at::parallel_for(0, parts, 1, [&](int64_t first, int64_t last) {
    for (int64_t part = first; part < last; part++) {
      SignalsHeld held;
      OneThread alone;
      const int64_t from = units * part / parts * unit, count = std::min(side, units * (part + 1) / parts * unit) - from;
      failed[part] = by_rows
          ? product(ta, tb, count, columns, k, alpha, a + (ta == 'N' || ta == 'n' ? from * lda : from), lda, b, ldb, beta, c + from * ldc, ldc)
          : product(ta, tb, rows, count, k, alpha, a, lda, b + (tb == 'N' || tb == 'n' ? from : from * ldb), ldb, beta, c + from, ldc);
    }
  });
  return std::all_of(failed.begin(), failed.end(), [](int status) { return status == 0; });
}
}

extern "C" __attribute__((visibility("default"))) void sgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k,
    const float* alpha, const float* a, const int* lda, const float* b, const int* ldb, const float* beta, float* c, const int* ldc) {
  static const auto fast = reinterpret_cast<OneDnn>(dlsym(RTLD_NEXT, "dnnl_sgemm"));
  // Column-major C = A B is row-major C' = B' A': the operands trade places.
  if (fast && shared(fast, *tb, *ta, *n, *m, *k, *alpha, b, *ldb, a, *lda, *beta, c, *ldc)) return;
  static const auto plain = [] {
    // Held to one thread at the start, in the belief that oneDNN would compute.
    if (const auto grow = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) grow(at::get_num_threads());
    return reinterpret_cast<Blas>(dlsym(RTLD_NEXT, "sgemm_"));
  }();
  if (plain) plain(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

extern "C" __attribute__((visibility("default"))) int dnnl_primitive_execute(const void* primitive, void* stream, int n, const void* arguments) {
  static const auto execute = reinterpret_cast<Execute>(dlsym(RTLD_NEXT, "dnnl_primitive_execute"));
  SignalsHeld held;
  return execute(primitive, stream, n, arguments);
}

// The kernels for any processor, and the choice among them.
#include "kernels.inl"

const Kernels kernels_plain = KERNELS;

const Kernels& kernels() {
#if defined(__x86_64__)
  static const Kernels& chosen = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ? kernels_avx512
    : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? kernels_avx2 : kernels_plain;
  return chosen;
#else
  return kernels_plain;
#endif
}

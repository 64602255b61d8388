#include "kernels.inl"

extern const Kernels kernels_avx512 = KERNELS;

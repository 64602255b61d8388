#include "kernels.inl"

extern const Kernels kernels_avx2 = KERNELS;

// Making tensors, and what they say about themselves.
#include "anit_torch.h"
#include <cstring>

ANIT void anit_free(Handle x) { delete x; }
ANIT Handle anit_alias(Handle x) { TENSOR(ref(x)) }

ANIT Handle anit_empty(const int64_t* size, int32_t n, int32_t dtype, int32_t device) { TENSOR(at::empty(ints(size, n), options(dtype, device))) }
ANIT Handle anit_zeros(const int64_t* size, int32_t n, int32_t dtype, int32_t device) { TENSOR(at::zeros(ints(size, n), options(dtype, device))) }
ANIT Handle anit_full(const int64_t* size, int32_t n, Number value, int32_t dtype, int32_t device) {
  TENSOR(at::full(ints(size, n), to_scalar(value), options(dtype, device)))
}
ANIT Handle anit_rand(const int64_t* size, int32_t n, at::Generator* g, int32_t dtype, int32_t device) {
  TENSOR(at::rand(ints(size, n), maybe_generator(g), options(dtype, device)))
}
ANIT Handle anit_randn(const int64_t* size, int32_t n, at::Generator* g, int32_t dtype, int32_t device) {
  TENSOR(at::randn(ints(size, n), maybe_generator(g), options(dtype, device)))
}
ANIT Handle anit_arange(Number start, Number end, Number step, int32_t dtype, int32_t device) {
  TENSOR(at::arange(to_scalar(start), to_scalar(end), to_scalar(step), options(dtype, device)))
}

#define LIKE(op) ANIT Handle anit_##op(Handle x, int32_t dtype, int32_t device) { TENSOR(at::op(ref(x), options(dtype, device))) }
LIKE(zeros_like) LIKE(ones_like) LIKE(rand_like)

// Copies bytes that C# owns into a new tensor.
ANIT Handle anit_from_bytes(const void* bytes, const int64_t* size, int32_t n, int32_t dtype, int32_t device) {
  try {
    at::Tensor t = at::empty(ints(size, n), options(dtype, -1));
    if (t.nbytes() > 0) std::memcpy(t.data_ptr(), bytes, t.nbytes());
    return new at::Tensor(device < 0 ? t : t.to(to_device(device)));
  } CATCH
  return nullptr;
}

ANIT int64_t anit_dim(Handle x) { return x->dim(); }
ANIT int64_t anit_numel(Handle x) { return x->numel(); }
ANIT int64_t anit_element_size(Handle x) { return static_cast<int64_t>(x->element_size()); }
ANIT int32_t anit_dtype(Handle x) { return static_cast<int32_t>(x->scalar_type()); }
ANIT int32_t anit_device(Handle x) {
  c10::Device d = x->device();
  return static_cast<int32_t>(d.type()) * 256 + (d.has_index() ? d.index() : 0xff);
}
ANIT int32_t anit_is_contiguous(Handle x) { return x->is_contiguous(); }
ANIT int32_t anit_is_sparse(Handle x) { return x->is_sparse(); }
ANIT void anit_sizes(Handle x, int64_t* into) { std::memcpy(into, x->sizes().data(), x->dim() * sizeof(int64_t)); }
ANIT int32_t anit_strides(Handle x, int64_t* into) { DO(std::memcpy(into, ref(x).strides().data(), x->dim() * sizeof(int64_t))) }
ANIT void* anit_data_ptr(Handle x) {
  try { return ref(x).data_ptr(); } CATCH
  return nullptr;
}

ANIT Handle anit_to(Handle x, int32_t dtype, int32_t device, bool copy, bool non_blocking) {
  TENSOR(ref(x).to(options(dtype, device), non_blocking, copy))
}
ANIT Handle anit_clone(Handle x) { TENSOR(ref(x).clone()) }
ANIT Handle anit_contiguous(Handle x) { TENSOR(ref(x).contiguous()) }
ANIT int32_t anit_copy_(Handle x, Handle source, bool non_blocking) { DO(ref(x).copy_(ref(source), non_blocking)) }
ANIT int32_t anit_fill_(Handle x, Number value) { DO(ref(x).fill_(to_scalar(value))) }
ANIT int32_t anit_zero_(Handle x) { DO(ref(x).zero_()) }
ANIT int32_t anit_uniform_(Handle x, double from, double to, at::Generator* g) { DO(ref(x).uniform_(from, to, maybe_generator(g))) }

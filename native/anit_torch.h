// The shim's common ground: handles, errors, argument types. Every exported function is C, catches everything, and
// reports failure by its return value (null tensor, or -1); the message waits in a thread-local until it is asked for.
#pragma once
#include <ATen/ATen.h>
#include <torch/version.h>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <vector>

#define TORCH_GE(major, minor) (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))
#define ANIT extern "C" __attribute__((visibility("default")))

#if TORCH_GE(2, 2)
#include <optional>
template <class T> using Maybe = std::optional<T>;
#else
template <class T> using Maybe = c10::optional<T>;
#endif

using Handle = at::Tensor*;

// A number as C# passes it: kind 0 integer, 1 floating point (the bits of a double), 2 boolean.
struct Number { int64_t bits; int32_t kind; };

enum : int32_t { kFailed = -1, kDone = 0 };

void remember_error() noexcept;                      // call inside catch (...)
int64_t hand_out(std::vector<at::Tensor> tensors);   // keeps several results until anit_take_results; returns their count
at::Scalar to_scalar(Number n);
at::TensorOptions options(int32_t dtype, int32_t device);
c10::Device to_device(int32_t device);

bool begin_thread() noexcept;                        // see signals.cpp: once on every thread, before it computes
inline void enter() { static thread_local const bool begun = begin_thread(); (void)begun; }
class SignalsHeld {                                  // round each call of oneDNN
  sigset_t before;
 public:
  SignalsHeld() noexcept;
  ~SignalsHeld();
};

#define CATCH catch (...) { remember_error(); }
#define TENSOR(...) try { enter(); return new at::Tensor(__VA_ARGS__); } CATCH return nullptr;
#define DO(...) try { enter(); __VA_ARGS__; return kDone; } CATCH return kFailed;
#define VALUE(...) try { enter(); return __VA_ARGS__; } CATCH return kFailed;
#define TENSORS(...) try { enter(); return hand_out(__VA_ARGS__); } CATCH return kFailed;

inline at::Tensor& ref(Handle h) {
  if (!h) throw std::invalid_argument("a required tensor argument is null");
  return *h;
}
inline Maybe<at::Tensor> maybe(Handle h) { return h ? Maybe<at::Tensor>(*h) : Maybe<at::Tensor>(); }
inline Maybe<at::ScalarType> maybe_dtype(int32_t dtype) {
  return dtype < 0 ? Maybe<at::ScalarType>() : Maybe<at::ScalarType>(static_cast<at::ScalarType>(dtype));
}
inline Maybe<at::Scalar> maybe_scalar(const Number* n) { return n ? Maybe<at::Scalar>(to_scalar(*n)) : Maybe<at::Scalar>(); }
inline Maybe<at::Generator> maybe_generator(at::Generator* g) { return g ? Maybe<at::Generator>(*g) : Maybe<at::Generator>(); }
inline at::IntArrayRef ints(const int64_t* p, int32_t n) { return at::IntArrayRef(p, static_cast<size_t>(n)); }
inline std::vector<at::Tensor> list(const Handle* p, int32_t n) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(n);
  for (int32_t i = 0; i < n; i++) tensors.push_back(ref(p[i]));
  return tensors;
}

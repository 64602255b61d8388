// What belongs to the process and the thread: the last error, results waiting to be taken, threads, devices, generators.
#include "anit_torch.h"
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <malloc.h>
#include <torch/cuda.h>
#include <cstring>
#include <mutex>
#include <new>
#include <string>

namespace {
thread_local std::string last_error;
thread_local int32_t last_kind = 0;  // 1 an error, 2 out of memory
thread_local std::vector<at::Tensor> results;

void set_error(int32_t kind, const char* message) noexcept {
  try {
    last_kind = kind;
    last_error = message;
  } catch (...) { last_error.clear(); }
}

bool speaks_of_memory(const std::string& message) {
  return message.find("can't allocate memory") != std::string::npos || message.find("not enough memory") != std::string::npos
      || message.find("out of memory") != std::string::npos || message.find("_ALLOC_FAILED") != std::string::npos; // cuBLAS, cuDNN
}

// glibc maps and unmaps every large block by default; a training step would spend a third of its time in the kernel.
__attribute__((constructor)) void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, INT32_MAX);
#endif
}
}

void remember_error() noexcept {
  try { throw; }
  catch (const c10::OutOfMemoryError& e) { set_error(2, e.what_without_backtrace()); }
  catch (const c10::Error& e) {
    std::string text = e.what_without_backtrace();
    set_error(speaks_of_memory(text) ? 2 : 1, text.c_str());
  }
  catch (const std::bad_alloc& e) { set_error(2, "out of memory"); }
  catch (const std::exception& e) { set_error(speaks_of_memory(e.what()) ? 2 : 1, e.what()); }
  catch (...) { set_error(1, "an unknown error"); }
}

int64_t hand_out(std::vector<at::Tensor> tensors) {
  results = std::move(tensors);
  return static_cast<int64_t>(results.size());
}

at::Scalar to_scalar(Number n) {
  if (n.kind == 0) return at::Scalar(n.bits);
  if (n.kind == 2) return at::Scalar(n.bits != 0);
  double value;
  std::memcpy(&value, &n.bits, sizeof value);
  return at::Scalar(value);
}

// A device in one integer: type * 256 + index, index 255 for "the current one"; negative for none given.
c10::Device to_device(int32_t device) {
  if (device < 0) return c10::Device(c10::kCPU);
  int index = device & 0xff;
  return c10::Device(static_cast<c10::DeviceType>(device >> 8), static_cast<c10::DeviceIndex>(index == 0xff ? -1 : index));
}

at::TensorOptions options(int32_t dtype, int32_t device) {
  at::TensorOptions o;
  if (dtype >= 0) o = o.dtype(static_cast<at::ScalarType>(dtype));
  if (device >= 0) o = o.device(to_device(device));
  return o;
}

ANIT int32_t anit_error(const char** message) { *message = last_error.c_str(); return last_kind; }
ANIT void anit_take_results(Handle* into) {
  for (size_t i = 0; i < results.size(); i++) into[i] = results[i].defined() ? new at::Tensor(std::move(results[i])) : nullptr;
  results.clear();
}
ANIT const char* anit_torch_version() { return TORCH_VERSION; }

ANIT int32_t anit_get_num_threads() { VALUE(at::get_num_threads()) }
ANIT int32_t anit_set_num_threads(int32_t n) {
  try {
    at::set_num_threads(n);
    begin_thread();  // after it: as many workers as are wanted
    return kDone;
  } CATCH
  return kFailed;
}
ANIT int32_t anit_get_default_dtype() { VALUE(static_cast<int32_t>(at::get_default_dtype_as_scalartype())) }

ANIT int32_t anit_cuda_is_available() { VALUE(torch::cuda::is_available()) }
ANIT int32_t anit_cuda_device_count() { VALUE(static_cast<int32_t>(torch::cuda::device_count())) }
ANIT int32_t anit_cuda_manual_seed_all(int64_t seed) { DO(torch::cuda::manual_seed_all(static_cast<uint64_t>(seed))) }
ANIT int32_t anit_get_tf32(int32_t which) {
  VALUE(which == 0 ? at::globalContext().allowTF32CuBLAS() : at::globalContext().allowTF32CuDNN())
}
ANIT int32_t anit_set_tf32(int32_t which, int32_t on) {
  DO(if (which == 0) at::globalContext().setAllowTF32CuBLAS(on); else at::globalContext().setAllowTF32CuDNN(on);)
}

ANIT int32_t anit_manual_seed(int64_t seed) { DO(at::manual_seed(static_cast<uint64_t>(seed))) }
ANIT at::Generator* anit_generator_new(int64_t seed, int32_t device) {
  try {
    c10::Device d = to_device(device);
    at::Generator g = d.is_cpu() ? at::make_generator<at::CPUGeneratorImpl>(seed) : at::globalContext().defaultGenerator(d).clone();
    g.set_current_seed(static_cast<uint64_t>(seed));
    return new at::Generator(g);
  } CATCH
  return nullptr;
}
ANIT at::Generator* anit_generator_default(int32_t device) {
  try { return new at::Generator(at::globalContext().defaultGenerator(to_device(device))); } CATCH
  return nullptr;
}
ANIT void anit_generator_free(at::Generator* g) { delete g; }
ANIT int32_t anit_generator_set_seed(at::Generator* g, int64_t seed) {
  DO(std::lock_guard<std::mutex> lock(g->mutex()); g->set_current_seed(static_cast<uint64_t>(seed));)
}
ANIT int64_t anit_generator_seed(at::Generator* g) {
  try { std::lock_guard<std::mutex> lock(g->mutex()); return static_cast<int64_t>(g->seed()); } CATCH
  return kFailed;
}
ANIT int64_t anit_generator_initial_seed(at::Generator* g) { VALUE(static_cast<int64_t>(g->current_seed())) }
ANIT Handle anit_generator_get_state(at::Generator* g) { TENSOR(g->get_state()) }
ANIT int32_t anit_generator_set_state(at::Generator* g, Handle state) { DO(g->set_state(ref(state))) }

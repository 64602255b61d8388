// Tensors over files, and what the accelerator's allocator says.
#include "anit_torch.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#if TORCH_GE(2, 9)
#include <c10/core/CachingDeviceAllocator.h>
#elif defined(ANIT_CUDA) && __has_include(<cuda_runtime_api.h>)
#include <c10/cuda/CUDACachingAllocator.h>
#endif

namespace {
// A file's pages, readable by all and copied on write: a changed tensor never reaches the file.
struct Mapping {
  void* start = nullptr;
  int64_t length = 0;
  ~Mapping() { if (length > 0) munmap(start, static_cast<size_t>(length)); }
};
using Shared = std::shared_ptr<Mapping>;

[[noreturn]] void fail(const char* path, int code) { throw std::runtime_error(std::string(path) + ": " + std::strerror(code)); }
}

ANIT void* anit_map_file(const char* path, int64_t* length) {
  try {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(path, errno);
    struct stat info;
    int code = fstat(file, &info) != 0 ? errno : 0;
    auto mapping = std::make_shared<Mapping>();
    if (code == 0 && info.st_size > 0) {
      void* start = mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file, 0);
      if (start == MAP_FAILED) code = errno;
      else { mapping->start = start; mapping->length = info.st_size; }
    }
    close(file);
    if (code != 0) fail(path, code);
    *length = mapping->length;
    return new Shared(mapping);
  } CATCH
  return nullptr;
}
ANIT void anit_unmap_file(void* mapping) { delete static_cast<Shared*>(mapping); }

// The tensor keeps the pages alive; the mapping may be closed before it.
ANIT Handle anit_mapped_tensor(void* mapping, int64_t offset, const int64_t* size, int32_t n, int32_t dtype) {
  try {
    Shared held = *static_cast<Shared*>(mapping);
    auto type = static_cast<at::ScalarType>(dtype);
    int64_t width = static_cast<int64_t>(c10::elementSize(type)), count = 1;
    for (int32_t i = 0; i < n; i++) count *= size[i];
    TORCH_CHECK(offset >= 0 && offset % width == 0, "a tensor at byte ", offset, " is not aligned to its ", width, "-byte elements");
    TORCH_CHECK(count >= 0 && count <= (held->length - offset) / width, "a tensor of ", count * width, " bytes at byte ", offset,
                " does not fit into a file of ", held->length, " bytes");
    if (count == 0) return new at::Tensor(at::empty(ints(size, n), options(dtype, -1)));
    void* data = static_cast<char*>(held->start) + offset;
    return new at::Tensor(at::from_blob(data, ints(size, n), [held](void*) {}, options(dtype, -1)));
  } CATCH
  return nullptr;
}

// libtorch 2.9 asks every device the same way; before that, CUDA's allocator needs CUDA's headers (ANIT_CUDA, see CMakeLists.txt).
namespace {
struct Bytes { int64_t current, peak; };
#if TORCH_GE(2, 9)
auto* allocator() { return at::hasCUDA() ? c10::getDeviceAllocator(c10::kCUDA) : nullptr; }
#elif defined(ANIT_CUDA) && __has_include(<cuda_runtime_api.h>)
auto* allocator() { return at::hasCUDA() ? c10::cuda::CUDACachingAllocator::get() : nullptr; }
#else
struct Absent {
  struct Stats { std::vector<Bytes> allocated_bytes{{0, 0}}, reserved_bytes{{0, 0}}; };
  Stats getDeviceStats(int) { return {}; }
  void resetPeakStats(int) {}
  void emptyCache() {}
};
Absent* allocator() { return nullptr; }
#endif
}

// which: 0 allocated now, 1 allocated at most, 2 reserved now, 3 reserved at most; bytes, 0 without CUDA
ANIT int64_t anit_cuda_memory(int32_t device, int32_t which) {
  try {
    auto* all = allocator();
    if (!all) return 0;
    auto stats = all->getDeviceStats(static_cast<c10::DeviceIndex>(device));
    auto& bytes = which < 2 ? stats.allocated_bytes[0] : stats.reserved_bytes[0];
    return which % 2 == 0 ? bytes.current : bytes.peak;
  } CATCH
  return kFailed;
}
ANIT int32_t anit_cuda_reset_peak(int32_t device) {
  DO(if (auto* all = allocator()) all->resetPeakStats(static_cast<c10::DeviceIndex>(device));)
}
ANIT int32_t anit_cuda_empty_cache() { DO(if (auto* all = allocator()) all->emptyCache();) }

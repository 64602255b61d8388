// Processes that compute together, by PyTorch's own c10d: a TCPStore where they meet, and Gloo (CPU) or NCCL (CUDA) to sum tensors.
// What libtorch has of both is known when the shim is compiled: ANIT_GLOO and ANIT_NCCL, see CMakeLists.txt.
// A collective waits for ever; who is still there is for the caller to watch (Anit.Training, Distributed).
#include "anit_torch.h"
#if defined(ANIT_GLOO) || defined(ANIT_NCCL)
#ifdef ANIT_GLOO
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef ANIT_NCCL
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {
using std::chrono::milliseconds;
#if TORCH_GE(2, 0)
using Members = c10d::Backend;
#else
using Members = c10d::ProcessGroup;
#endif
using Store = c10::intrusive_ptr<c10d::Store>;
using Group = c10::intrusive_ptr<Members>;

constexpr auto kAlways = std::chrono::hours(24 * 365);

#ifdef ANIT_GLOO
// As PyTorch chooses: the interface that GLOO_SOCKET_IFNAME names, else that of the machine's name; one machine alone needs no network.
std::shared_ptr<::gloo::transport::Device> gloo_device(bool local) {
  const char* named = std::getenv("GLOO_SOCKET_IFNAME");
  if (named && *named) return c10d::ProcessGroupGloo::createDeviceForInterface(named);
  return local ? c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1") : c10d::ProcessGroupGloo::createDefaultDevice();
}

Group with_gloo(const Store& store, int rank, int size, bool local) {
  auto options = c10d::ProcessGroupGloo::Options::create(std::chrono::duration_cast<milliseconds>(kAlways));
  options->devices.push_back(gloo_device(local));
  options->threads = 1;  // collectives follow each other
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
}
#endif

#ifdef ANIT_NCCL
Group with_nccl(const Store& store, int rank, int size) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = std::chrono::duration_cast<milliseconds>(kAlways);
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
}
#endif

// Threads that only talk to the store compute nothing: they need no workers (enter, of the other macros).
#define TALK(...) try { __VA_ARGS__; return kDone; } CATCH return kFailed;

Group& group(void* handle) { return *static_cast<Group*>(handle); }
Store& store(void* handle) { return *static_cast<Store*>(handle); }
}

// Bits: 1 Gloo, 2 NCCL.
ANIT int32_t anit_group_backends() {
  int32_t found = 0;
#ifdef ANIT_GLOO
  found |= 1;
#endif
#ifdef ANIT_NCCL
  found |= 2;
#endif
  return found;
}

// One process serves; port 0 there takes a free one. timeout: milliseconds to look for the server.
ANIT void* anit_store_new(const char* host, int32_t port, uint8_t serves, int64_t timeout) {
  try {
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = serves;
    options.waitWorkers = false;
#if TORCH_GE(2, 4)
    options.useLibUV = false;  // the default since then, which builds without libuv (Debian's) refuse, in clients too
#endif
    options.timeout = milliseconds(timeout);
    return new Store(c10::make_intrusive<c10d::TCPStore>(host, options));
  } CATCH
  return nullptr;
}
ANIT void anit_store_free(void* handle) { delete static_cast<Store*>(handle); }
ANIT int32_t anit_store_port(void* handle) { return static_cast<c10d::TCPStore&>(*store(handle)).getPort(); }
ANIT int32_t anit_store_set(void* handle, const char* key, const uint8_t* bytes, int64_t length) {
  TALK(store(handle)->set(key, std::vector<uint8_t>(bytes, bytes + length)))
}
// Waits for the key, as long as it takes. The bytes are the caller's, to be given back by anit_store_release; their number, or -1.
ANIT int64_t anit_store_get(void* handle, const char* key, uint8_t** bytes) {
  try {
    store(handle)->wait({key}, std::chrono::duration_cast<milliseconds>(kAlways));
    auto value = store(handle)->get(key);
    *bytes = static_cast<uint8_t*>(std::malloc(value.size() + 1));
    if (!*bytes) throw std::bad_alloc();
    std::memcpy(*bytes, value.data(), value.size());
    return static_cast<int64_t>(value.size());
  } CATCH
  return kFailed;
}
ANIT void anit_store_release(uint8_t* bytes) { std::free(bytes); }
ANIT int32_t anit_store_add(void* handle, const char* key, int64_t amount, int64_t* sum) { TALK(*sum = store(handle)->add(key, amount)) }

// backend: 1 Gloo, 2 NCCL, on the current CUDA device; local: every rank runs on this machine.
ANIT void* anit_group_new(void* handle, int32_t backend, int32_t rank, int32_t size, uint8_t local) {
  try {
#ifdef ANIT_GLOO
    if (backend == 1) return new Group(with_gloo(store(handle), rank, size, local));
#endif
#ifdef ANIT_NCCL
    if (backend == 2) return new Group(with_nccl(store(handle), rank, size));
#endif
    throw std::invalid_argument("this shim was built without that backend");
  } CATCH
  return nullptr;
}
ANIT void anit_group_free(void* handle) { delete static_cast<Group*>(handle); }
ANIT int32_t anit_group_sum_(void* handle, Handle x) {
  DO(std::vector<at::Tensor> one{ref(x)}; group(handle)->allreduce(one)->wait())
}
ANIT int32_t anit_group_broadcast_(void* handle, Handle x, int32_t from) {
  DO(std::vector<at::Tensor> one{ref(x)}; c10d::BroadcastOptions options; options.rootRank = from; group(handle)->broadcast(one, options)->wait())
}

#else  // libtorch's headers, or Gloo's, are not there: the same functions, so that the shim loads

ANIT int32_t anit_group_backends() { return 0; }
ANIT void* anit_store_new(const char*, int32_t, uint8_t, int64_t) { return nullptr; }
ANIT void anit_store_free(void*) {}
ANIT int32_t anit_store_port(void*) { return kFailed; }
ANIT int32_t anit_store_set(void*, const char*, const uint8_t*, int64_t) { return kFailed; }
ANIT int64_t anit_store_get(void*, const char*, uint8_t**) { return kFailed; }
ANIT void anit_store_release(uint8_t*) {}
ANIT int32_t anit_store_add(void*, const char*, int64_t, int64_t*) { return kFailed; }
ANIT void* anit_group_new(void*, int32_t, int32_t, int32_t, uint8_t) { return nullptr; }
ANIT void anit_group_free(void*) {}
ANIT int32_t anit_group_sum_(void*, Handle) { return kFailed; }
ANIT int32_t anit_group_broadcast_(void*, Handle, int32_t) { return kFailed; }

#endif

// Signals stay off the threads that multiply. Some kernels of oneDNN (2.6.3, AVX-512) keep data below the stack pointer,
// beyond the 128 bytes that the kernel spares when it calls a handler: a handler that runs on such a thread's stack destroys
// the product or the heap, and .NET's handlers (SIGTERM, SIGCONT, ...) run wherever the signal happens to arrive.
//
// A thread therefore blocks every signal for as long as it is inside oneDNN, and no longer: a process that it starts later
// inherits what it blocks, and could not be ended. The OpenMP workers, which start no process, block them for good: each
// thread makes its workers when it enters the shim for the first time, and a worker inherits the mask of who makes it.
// One thread of our own, which only sleeps, stays open, so that handlers run as promptly as ever.
#include "anit_torch.h"
#include <ATen/Parallel.h>
#include <pthread.h>
#include <unistd.h>
#include <csignal>

namespace {
sigset_t asynchronous() {
  sigset_t set;
  sigfillset(&set);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&set, fault);
  return set;
}

void* sleep_for_signals(void*) {
  sigset_t set = asynchronous();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  for (;;) pause();
}

bool signals_have_a_thread() {
  pthread_t thread;
  if (pthread_create(&thread, nullptr, sleep_for_signals, nullptr) != 0) return false;
  pthread_setname_np(thread, "anit-signals");
  pthread_detach(thread);
  return true;
}
}

// SIGRTMIN, by which .NET stops a thread for the garbage collector, is sent to threads that run managed code alone, so that workers may block it.
bool begin_thread() noexcept {
  static const bool elsewhere = signals_have_a_thread();
  if (!elsewhere) return true;  // no thread is to be had: a signal that nobody takes would be worse
  try {
    SignalsHeld held;
    at::parallel_for(0, at::get_num_threads(), 1, [](int64_t, int64_t) {});
  } catch (...) {}  // no worker to be had: products say so
  return true;
}

SignalsHeld::SignalsHeld() noexcept {
  const sigset_t set = asynchronous();
  pthread_sigmask(SIG_BLOCK, &set, &before);
}

SignalsHeld::~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }

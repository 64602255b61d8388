// Signals stay off the threads that multiply. Some kernels of oneDNN (2.6.3, AVX-512) keep data below the stack pointer,
// beyond the 128 bytes that the kernel spares when it calls a handler: a handler that runs on such a thread's stack destroys
// the product or the heap, and .NET's handlers (SIGTERM, SIGCONT, ...) run wherever the signal happens to arrive.
//
// A thread that enters the shim therefore blocks every asynchronous signal for good, and the OpenMP workers that it makes
// inherit the mask. One thread of our own, which only sleeps, stays open for them, so that handlers run as promptly as ever.
// The signal that .NET sends to a thread to stop it for the garbage collector cannot be blocked for good, since the thread
// also runs managed code. It is sent only there, but may arrive a little later: ActivationHeld keeps it out of one product.
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
  sigdelset(&set, SIGRTMIN);  // .NET's activation
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

bool begin_thread() noexcept {
  at::get_num_threads();  // takes on the number that was set: OpenMP keeps one for each thread
  static const bool elsewhere = signals_have_a_thread();
  if (!elsewhere) return true;  // no thread is to be had: a signal that nobody takes would be worse
  sigset_t set = asynchronous();
  return pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0;
}

ActivationHeld::ActivationHeld() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  pthread_sigmask(SIG_BLOCK, &set, &before);
}

ActivationHeld::~ActivationHeld() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }

// SPDX-License-Identifier: BSD-3-Clause
#include "process/control_thread.hpp"

#include "process/processors.hpp"

#include <troupe/exceptions.hpp>

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace troupe::detail {

namespace {

struct control {
  int lifeline;
  std::atomic<std::uint64_t>& heartbeat;
  int interval_ms;
  bool on_one_processor = false;
};

[[noreturn]] void die_with_supervisor() {
  ::kill(-::getpid(), SIGKILL); // the group is ours: we are its leader
  ::kill(::getpid(), SIGKILL);
  ::_exit(0);
}

// It stays where it has started for as long as that: whoever ends it sooner need not wake another processor either.
int first_wait_ms(int interval_ms) {
  constexpr int most = 1000;
  return interval_ms < 0 ? most : std::min(interval_ms, most);
}

void* run(void* argument) {
  auto c = *static_cast<control*>(argument);
  for (;;) {
    pollfd p{c.lifeline, POLLIN, 0};
    if (::poll(&p, 1, c.on_one_processor ? first_wait_ms(c.interval_ms) : c.interval_ms) > 0)
      die_with_supervisor();
    if (std::exchange(c.on_one_processor, false))
      run_anywhere();
    c.heartbeat.fetch_add(1, std::memory_order_relaxed);
  }
}

} // namespace

void start_control_thread(int lifeline, std::atomic<std::uint64_t>& heartbeat,
                          std::chrono::milliseconds interval) {
  static control c{lifeline, heartbeat, interval.count() > 0 ? static_cast<int>(interval.count()) : -1};
  heartbeat.fetch_add(1, std::memory_order_relaxed);
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  ::pthread_attr_setstacksize(&attributes, 256 << 10);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before); // inherited: no signal is ever handled there
  const on_one_processor here;
  c.on_one_processor = here.holds();
  pthread_t thread{};
  int result = ::pthread_create(&thread, &attributes, run, &c);
  // The program's thread_local variables, which lie in the stack, may be larger than that.
  if (result == EINVAL) {
    ::pthread_attr_destroy(&attributes);
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    result = ::pthread_create(&thread, &attributes, run, &c);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_attr_destroy(&attributes);
  if (result != 0)
    throw spawn_error("cannot start the control thread of a child process", result);
}

} // namespace troupe::detail

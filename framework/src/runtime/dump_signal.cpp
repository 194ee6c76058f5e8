// SPDX-License-Identifier: BSD-3-Clause
#include "runtime/dump_signal.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <utility>

namespace troupe::detail {

namespace {

// What the handler finds. Written by whoever installs it and takes it away; that thread waits until no handler
// is in the middle of it before the descriptor is closed.
struct handler_state {
  std::atomic<int> raised{-1};
  std::atomic<pid_t> owner{0};
  std::atomic<int> handlers{0};
};
constinit handler_state the_handler;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free);

// Only what is async-signal-safe.
extern "C" void on_dump_signal(int signal) {
  const int errno_before = errno;
  the_handler.handlers.fetch_add(1);
  if (::getpid() !=
      the_handler.owner.load()) { // forked from the program: the signal ends it, as it always would have
    ::signal(signal, SIG_DFL);
    ::raise(signal); // delivered when this returns
  } else if (const int fd = the_handler.raised.load(); fd >= 0) {
    const std::uint64_t one = 1;
    static_cast<void>(::write(fd, &one, sizeof one) == 0);
  }
  the_handler.handlers.fetch_sub(1);
  errno = errno_before;
}

bool is(int signal, void (*handler)(int)) {
  struct sigaction now {};
  return ::sigaction(signal, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
         now.sa_handler == handler;
}

} // namespace

dump_signal::dump_signal(int signal, watcher& watch, std::function<std::string()> text)
    : signal_{signal}, watch_{watch}, text_{std::move(text)} {
  if (signal_ != 0 && is(signal_, SIG_DFL))
    install();
}

void dump_signal::install() {
  raised_ = descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!raised_ || !watch_.attend(raised_.get(), [this] { signalled(); })) {
    std::cerr << "troupe: no descriptor is left for the dump signal, which is left alone\n";
    raised_.reset();
    return;
  }
  the_handler.owner.store(::getpid());
  the_handler.raised.store(raised_.get());
  struct sigaction action {};
  action.sa_handler = on_dump_signal;
  action.sa_flags = SA_RESTART;
  ::sigfillset(&action.sa_mask);
  ::sigaction(signal_, &action, nullptr);
}

dump_signal::~dump_signal() {
  if (!raised_)
    return;
  if (is(signal_, on_dump_signal))
    ::signal(signal_, SIG_DFL);
  the_handler.raised.store(-1);
  while (the_handler.handlers.load() != 0)
    ::sched_yield();
  watch_.attend_no_more(raised_.get());
  if (thread_.joinable())
    thread_.join();
}

// The watcher's thread, whose signals are all blocked: so are those of threads it starts.
void dump_signal::signalled() {
  eventfd_t ignored = 0;
  ::eventfd_read(raised_.get(), &ignored);
  std::lock_guard lock{mutex_};
  wanted_ = true;
  if (writing_)
    return;
  if (thread_.joinable())
    thread_.join(); // it has said that it is about to end
  thread_ = std::thread{[this] { write_texts(); }};
  writing_ = true;
}

void dump_signal::write_texts() {
  std::unique_lock lock{mutex_};
  while (std::exchange(wanted_, false)) {
    lock.unlock();
    try {
      std::cerr << text_() << std::flush;
    } catch (const std::exception& e) {
      std::cerr << "troupe: the actors could not be listed: " << e.what() << '\n';
    }
    lock.lock();
  }
  writing_ = false;
}

} // namespace troupe::detail

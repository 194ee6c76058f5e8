// SPDX-License-Identifier: BSD-3-Clause
#include "process/watcher.hpp"

#include <troupe/exceptions.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>

namespace troupe::detail {

namespace {

using clock = std::chrono::steady_clock;

constexpr int silent_ticks_of_the_hung = 5;
constexpr std::chrono::milliseconds stalled_retry{50};
constexpr std::size_t most_last_words = 64; // each a few pages at most, while our stderr takes nothing

// An event's number: what happened, and to whom.
enum class source : std::uint64_t { wake = 0, ended = 1, wrote = 2, attended = 3 };

std::uint64_t event_of(source s, process_id id) { return static_cast<std::uint64_t>(s) << 32 | id; }

bool add(int epoll, int fd, std::uint64_t event) {
  epoll_event e{};
  e.events = EPOLLIN;
  e.data.u64 = event;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

int ticks(const pulse_rules& pulse) {
  if (pulse.heartbeat.count() == 0)
    return silent_ticks_of_the_hung;
  const auto at_start = (pulse.start + pulse.heartbeat - std::chrono::milliseconds{1}) / pulse.heartbeat;
  return std::max(silent_ticks_of_the_hung, static_cast<int>(at_start));
}

void block_all_signals() { // they are for the user's threads
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

} // namespace

watcher::watcher(pulse_rules pulse, std::function<void(child_record&)> on_end)
    : heartbeat_{pulse.heartbeat},
      silent_ticks_at_start_{ticks(pulse)},
      on_end_{std::move(on_end)},
      epoll_{::epoll_create1(EPOLL_CLOEXEC)},
      wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
      next_check_{clock::now() + heartbeat_} {
  if (!epoll_ || !wake_ || !add(epoll_.get(), wake_.get(), event_of(source::wake, 0)))
    throw spawn_error("cannot watch child processes", errno);
  thread_ = std::thread{[this] { run(); }};
}

watcher::~watcher() { stop(); }

void watcher::stop() {
  stop_.store(true);
  ::eventfd_write(wake_.get(), 1);
  if (thread_.joinable())
    thread_.join();
}

void watcher::watch(std::shared_ptr<child_record> child) {
  const auto id = child->id();
  std::lock_guard lock{mutex_};
  const int pidfd = child->pidfd();
  const int stderr_fd = child->stderr_fd();
  children_.emplace(id, watched{std::move(child)});
  if (!add(epoll_.get(), stderr_fd, event_of(source::wrote, id)) ||
      !add(epoll_.get(), pidfd, event_of(source::ended, id))) {
    const int why = errno;
    children_.erase(id);
    throw spawn_error("cannot watch a child process", why);
  }
}

void watcher::post(std::function<void()> job) {
  {
    std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
  }
  ::eventfd_write(wake_.get(), 1);
}

std::vector<std::shared_ptr<child_record>> watcher::children() const {
  std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<child_record>> all;
  for (const auto& [id, w] : children_)
    all.push_back(w.child);
  return all;
}

std::shared_ptr<child_record> watcher::find(process_id id) const {
  std::lock_guard lock{mutex_};
  auto found = children_.find(id);
  return found == children_.end() ? nullptr : found->second.child;
}

int watcher::wait_ms() const {
  auto until = clock::time_point::max();
  if (heartbeat_.count() > 0)
    until = next_check_;
  if (!stalled_.empty() || !last_words_.empty())
    until = std::min(until, clock::now() + stalled_retry);
  if (until == clock::time_point::max())
    return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 60'000));
}

void watcher::run() {
  block_all_signals();
  std::array<epoll_event, 32> events;
  while (!stop_.load()) {
    const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms());
    // Output before ends: the report of a death holds the last lines.
    for (auto wanted : {source::wrote, source::ended, source::wake, source::attended})
      for (int i = 0; i < n; ++i)
        if (events[static_cast<std::size_t>(i)].data.u64 >> 32 == static_cast<std::uint64_t>(wanted))
          handle(events[static_cast<std::size_t>(i)].data.u64);
    for (auto id : std::exchange(stalled_, {}))
      child_wrote(id);
    pass_on_last_words();
    if (heartbeat_.count() > 0 && clock::now() >= next_check_)
      check_heartbeats();
  }
}

void watcher::handle(std::uint64_t event) {
  const auto id = static_cast<process_id>(event);
  switch (static_cast<source>(event >> 32)) {
    case source::wake: {
      eventfd_t ignored = 0;
      ::eventfd_read(wake_.get(), &ignored);
      run_jobs();
      break;
    }
    case source::ended:
      child_ended(id);
      break;
    case source::wrote:
      child_wrote(id);
      break;
    case source::attended:
      call_attended();
      break;
  }
}

void watcher::run_jobs() {
  for (;;) {
    std::function<void()> job;
    {
      std::lock_guard lock{mutex_};
      if (jobs_.empty() || stop_.load())
        return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    try {
      job();
    } catch (const std::exception& e) {
      std::cerr << "troupe: a task of the watcher failed: " << e.what() << '\n';
    }
  }
}

bool watcher::attend(int fd, std::function<void()> then) {
  std::lock_guard lock{attended_mutex_};
  attended_ = std::move(then);
  return add(epoll_.get(), fd, event_of(source::attended, 0));
}

void watcher::attend_no_more(int fd) {
  std::lock_guard lock{attended_mutex_};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  attended_ = nullptr;
}

void watcher::call_attended() {
  std::lock_guard lock{attended_mutex_};
  try {
    if (attended_)
      attended_();
  } catch (const std::exception& e) {
    std::cerr << "troupe: a task of the watcher failed: " << e.what() << '\n';
  }
}

void watcher::child_ended(process_id id) {
  auto child = find(id);
  if (!child)
    return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, child->pidfd(), nullptr);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, child->stderr_fd(), nullptr);
  child->collect();
  {
    std::lock_guard lock{mutex_};
    children_.erase(id);
  }
  if (last_words_.size() == most_last_words)
    last_words_.erase(last_words_.begin());
  last_words_.push_back(child->take_stderr());
  pass_on_last_words();
  on_end_(*child);
}

void watcher::pass_on_last_words() {
  std::erase_if(last_words_, [](auto& words) { return words.pass_on_rest(); });
}

void watcher::child_wrote(process_id id) {
  auto child = find(id);
  if (!child)
    return;
  const auto state = child->pump_stderr();
  if (state == stderr_tail::state::open) {
    add(epoll_.get(), child->stderr_fd(), event_of(source::wrote, id)); // if it was stalled before
    return;
  }
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, child->stderr_fd(), nullptr);
  if (state == stderr_tail::state::stalled)
    stalled_.push_back(id);
}

// Counts our own ticks, so that a pause of the whole machine or of this process accuses nobody.
void watcher::check_heartbeats() {
  next_check_ = clock::now() + heartbeat_;
  note_oom_kills();
  std::vector<std::shared_ptr<child_record>> hung;
  {
    std::lock_guard lock{mutex_};
    for (auto& [id, w] : children_) {
      const auto now = w.child->heartbeats();
      w.silent_ticks = now == w.last_heartbeats ? w.silent_ticks + 1 : 0;
      w.last_heartbeats = now;
      if (w.silent_ticks >= (now == 0 ? silent_ticks_at_start_ : silent_ticks_of_the_hung))
        hung.push_back(w.child);
    }
  }
  for (auto& child : hung)
    if (!child->is_past_running()) // then it ends by itself, for the reason that it has
      child->kill_hung();
}

} // namespace troupe::detail

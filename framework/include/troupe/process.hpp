// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/arguments.hpp>
#include <troupe/detail/node.hpp>
#include <troupe/runtime.hpp>

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace troupe {

struct process_options {
  std::string name = {}; ///< default: "process-N"
  bool daemon = false;   ///< terminated, not joined, by the destructor
};

/// This process: its name and pid, and whether it is the one that made the runtime.
process_info current_process();

/// The process that started this one; empty in the one that made the runtime.
std::optional<process_info> parent_process();

/// A function that runs in a process of its own. Not started by the constructor.
///
/// The function and its arguments are copied by the constructor, as for `pool::apply`. An exception that
/// leaves the function is printed with the process's name and gives exit code 1; `std::exit(n)` gives n (and does not
/// wait for messages that find no room on their way).
/// The destructor joins; a daemon is terminated.
///
/// Threads: one at a time, except `kill`, `terminate` and the observers, which may come while another starts it.
/// Example: `troupe::process p{rt, say_hello, "world"}; p.start(); p.join();`
class process {
 public:
  template <class F, class... Args>
  process(runtime& rt, F f, Args&&... args)
      : process(rt, process_options{}, std::move(f), std::forward<Args>(args)...) {}

  template <class F, class... Args>
  process(runtime& rt, process_options options, F f, Args&&... args)
      : process(rt, std::move(options), &entry<F, detail::tuple_of_parameters<F, Args...>>,
                encoder_of(std::move(f), detail::travelling_arguments<F>(std::forward<Args>(args)...))) {}

  process(process&&) noexcept;
  process& operator=(process&&) noexcept;
  ~process();

  /// Errors: usage_error the second time; spawn_error; what saving an argument throws.
  void start();

  /// Waits for its end; what it told actors of this process is in their mailboxes by then.
  /// Errors: usage_error before `start`.
  void join();
  /// The same, at most this long. True when it has ended.
  template <class Rep, class Period>
  bool join(std::chrono::duration<Rep, Period> timeout) {
    return join_until(detail::deadline_after(timeout));
  }

  /// SIGTERM and SIGKILL, to the process and all it has started. Nothing happens when it has ended. What the program
  /// does about SIGTERM (a handler, SIG_IGN, a mask) when its runtime is made, the process does, too.
  void terminate();
  void kill();

  /// Gives the handle up. Errors: usage_error while it runs.
  void close();

  bool is_alive() const;
  /// Empty before the start and while running; n after `exit(n)`; -N when signal N ended it.
  std::optional<int> exitcode() const;
  pid_t pid() const;
  const std::string& name() const;
  bool daemon() const;
  /// A descriptor that is readable when the process has ended. Owned by this object.
  int sentinel() const;

 private:
  using encoder = std::function<void(detail::byte_writer&)>;
  struct state;

  process(runtime& rt, process_options options, detail::child_entry first, encoder arguments);
  bool join_until(detail::steady_time deadline);
  detail::child started(const char* what) const;

  template <class F, class Arguments>
  static encoder encoder_of(F f, Arguments arguments) {
    auto held = std::make_shared<std::pair<F, Arguments>>(std::move(f), std::move(arguments));
    return [held](detail::byte_writer& out) {
      detail::encode_callable(out, held->first);
      std::apply([&](const auto&... a) { (detail::encode(out, a), ...); }, held->second);
    };
  }

  template <class F, class Arguments>
  static int entry(detail::child_context&, detail::byte_reader& in) {
    auto f = detail::decode_callable<F>(in);
    auto arguments = detail::decode_each<Arguments>(in);
    std::apply([&](auto&... a) { static_cast<void>(detail::call_apart(f, a...)); }, arguments);
    return 0;
  }

  std::unique_ptr<state> state_;
};

} // namespace troupe

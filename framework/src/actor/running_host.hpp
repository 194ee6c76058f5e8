// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace troupe::detail {

class actor_host;

/// The host whose actor this thread runs, for as long as this lives. They nest: an actor may start another.
class running_host {
 public:
  explicit running_host(actor_host& host);
  ~running_host();
  running_host(const running_host&) = delete;
  running_host& operator=(const running_host&) = delete;

 private:
  actor_host* outer_;
};

/// The host whose object this thread is making: the first actor to be constructed takes it.
struct constructing_host {
  static void set(actor_host* host);
  static actor_host* take();
};

} // namespace troupe::detail

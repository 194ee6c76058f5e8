// SPDX-License-Identifier: BSD-3-Clause
#include "actor/running_host.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/exceptions.hpp>

#include <string>
#include <utility>

namespace troupe::detail {

namespace {

thread_local actor_host* running_now = nullptr;
thread_local actor_host* constructing_now = nullptr;

} // namespace

running_host::running_host(actor_host& host) : outer_{std::exchange(running_now, &host)} {}
running_host::~running_host() { running_now = outer_; }

void constructing_host::set(actor_host* host) { constructing_now = host; }
actor_host* constructing_host::take() { return std::exchange(constructing_now, nullptr); }

actor_host* actor_host::running() { return running_now; }

actor_host& actor_host::of_this_thread(const char* what_for) {
  if (!running_now)
    throw usage_error(std::string{what_for} +
                      " outside of an actor: only a handler of an actor can wait like that");
  return *running_now;
}

} // namespace troupe::detail

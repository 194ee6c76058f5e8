// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "framework/actor/places.hpp"

#include <troupe/supervisor.hpp>

#include <unistd.h>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace test_support {

/// A child for supervisors to look after.
class patient final : public troupe::actor {
 public:
  explicit patient(int start) : start_{start}, value_{start} {}

  int start_value() const { return start_; }
  int value() const { return value_; }
  void set(int v) { value_ = v; }
  void append(int v) { appended_.push_back(v); }
  void append_soon(int v) { self().tell<&patient::append>(v); }
  std::vector<int> appended() const { return appended_; }
  pid_t pid() const { return ::getpid(); }
  troupe::actor_ref<patient> me() const { return self(); }

  void fail() { throw std::runtime_error{"ill"}; }
  troupe::task<void> fail_later() {
    co_await after(std::chrono::milliseconds{1});
    fail();
  }
  void finish() { stop({}); }
  void die() { ::kill(::getpid(), SIGKILL); }
  troupe::promise<int> never() {
    kept_.emplace_back();
    return kept_.back();
  }
  void block() {
    for (;;)
      ::pause();
  }

 private:
  int start_;
  int value_;
  std::vector<int> appended_;
  std::vector<troupe::promise<int>> kept_;
};

/// One that asks a patient how it is.
class visitor final : public troupe::actor {
 public:
  explicit visitor(troupe::actor_ref<patient> whom) : whom_{std::move(whom)} {}
  troupe::task<int> visit() {
    auto answer = whom_.ask<&patient::value>();
    co_return co_await std::move(answer);
  }

 private:
  troupe::actor_ref<patient> whom_;
};

/// Writes down when it comes and goes.
class diarist final : public troupe::actor {
 public:
  diarist(std::string name, troupe::actor_ref<notebook> book)
      : name_{std::move(name)}, book_{std::move(book)} {
    book_.tell<&notebook::note>(name_ + " up");
  }
  void fail() { throw std::runtime_error{"ill"}; }
  void finish() { stop({}); }

 private:
  void on_stop(const troupe::exit_reason&) override { book_.tell<&notebook::note>(name_ + " down"); }

  std::string name_;
  troupe::actor_ref<notebook> book_;
};

class stillborn final : public troupe::actor {
 public:
  stillborn() { throw std::runtime_error{"not today"}; }
};

} // namespace test_support

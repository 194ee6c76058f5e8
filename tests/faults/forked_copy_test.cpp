// SPDX-License-Identifier: BSD-3-Clause
// A fork of the user's makes a copy of a worker, or of the supervisor. Whatever the copy does, the original's workers,
// results and messages are no concern of it.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <troupe/supervisor.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <functional>
#include <numeric>
#include <optional>
#include <string>

using namespace test_support;
using namespace std::chrono_literals;

namespace {

int status_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

// The copies come back from the task, in each of the ways in which a task can.
int copy_returns(int x) {
  const pid_t copy = ::fork();
  if (copy == 0)
    return -1;
  return WEXITSTATUS(status_of(copy)) == 1 ? x : -2;
}
std::string copy_returns_text(int x) {
  const pid_t copy = ::fork();
  if (copy == 0)
    return "of the copy";
  return WEXITSTATUS(status_of(copy)) == 1 ? std::to_string(x) : "?";
}
int copy_throws(int x) {
  const pid_t copy = ::fork();
  if (copy == 0)
    throw std::runtime_error{"of the copy"};
  return WEXITSTATUS(status_of(copy)) == 1 ? x : -2;
}
void copy_initializes() {
  const pid_t copy = ::fork();
  if (copy != 0)
    status_of(copy);
}

int square_slowly(int x) {
  std::this_thread::sleep_for(1ms); // sleep: the work of a task
  return x * x;
}

class forker final : public troupe::actor {
 public:
  int forks(int x) {
    const pid_t copy = ::fork();
    if (copy == 0)
      return -1;
    return WEXITSTATUS(status_of(copy)) == 1 ? x : -2;
  }
  troupe::task<int> forks_in_a_coroutine(int x) {
    co_await after(1ms);
    co_return forks(x);
  }
  int told(int x) { return last_ += x; }

 private:
  int last_ = 0;
};

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// What a copy of the supervisor does before it ends.
int copy_that(const std::function<void()>& acts) {
  const pid_t copy = ::fork();
  if (copy != 0)
    return status_of(copy);
  ::alarm(20);
  try {
    acts();
  } catch (const troupe::error&) { // it cannot do that
  }
  ::_exit(0);
}

} // namespace

TEST_CASE(
    "the copy of a worker that comes back from a task is ended, and the task's result is the worker's") {
  repeat(5, [](random_source&) {
    in_runtime(60s, [](troupe::runtime& rt) {
      troupe::pool pool{rt, {.processes = 2, .initializer = copy_initializes}};
      const auto items = numbers(20);
      CHECK(pool.map(copy_returns, items) == items);
      CHECK(pool.map(copy_throws, items) == items);
      CHECK(pool.apply(copy_returns_text, 7) == "7");
      int sum = 0;
      for (const int x : pool.imap(copy_returns, items))
        sum += x;
      CHECK(sum == 190);
      for (const auto& w : pool.workers())
        CHECK(w.restarts == 0);
    });
  });
}

TEST_CASE("the copy that comes back from a handler is ended, and the answer is the actor's") {
  repeat(5, [](random_source&) {
    in_runtime(60s, [](troupe::runtime& rt) {
      for (const bool abroad : {false, true}) {
        const auto a = abroad ? rt.spawn<forker>({.place = troupe::own_process}) : rt.spawn<forker>();
        CHECK(a.ask<&forker::forks>(3).get(20s) == 3);
        CHECK(a.ask<&forker::forks_in_a_coroutine>(4).get(20s) == 4);
      }
    });
  });
}

TEST_CASE("a copy of the supervisor that ends its pools, handles and actors leaves the original's alone") {
  repeat(5, [](random_source&) {
    in_runtime(60s, [](troupe::runtime& rt) {
      std::optional<troupe::pool> pool{std::in_place, rt, troupe::pool_options{.processes = 2}};
      std::optional<troupe::supervisor> office{std::in_place, rt};
      const auto abroad = office->add<forker>({.id = "a", .place = troupe::own_process});
      auto squares = pool->map_async(square_slowly, numbers(100));
      std::optional stream{pool->imap(square_slowly, numbers(100))};
      CHECK(stream->next() == 0);
      const std::function<void()> deeds[] = {
          [&] { pool->terminate(); },
          [&] { pool.reset(); },
          [&] { stream.reset(); },
          [&] { pool->apply(square_slowly, 1); },
          [&] { static_cast<void>(pool->apply_async(square_slowly, 1)); },
          [&] { static_cast<void>(pool->workers()); },
          [&] { office.reset(); },
          [&] { abroad.tell<&forker::told>(5); },
          [&] { static_cast<void>(abroad.ask<&forker::told>(5).get(1s)); },
          [&] { abroad.stop(); },
          [&] { rt.spawn<forker>(); },
          [&] { rt.spawn<forker>({.place = troupe::own_process}); },
      };
      for (const auto& deed : deeds)
        CHECK(copy_that(deed) == 0);
      CHECK(abroad.ask<&forker::told>(1).get(20s) == 1);
      CHECK(squares.get(20s).at(99) == 99 * 99);
      int count = 1;
      while (stream->next(20s))
        ++count;
      CHECK(count == 100);
      for (const auto& w : pool->workers())
        CHECK(w.restarts == 0);
    });
  });
}

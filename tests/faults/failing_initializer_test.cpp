// SPDX-License-Identifier: BSD-3-Clause
// Row 6: an initializer that throws or crashes ends the pool, and no crowd of processes is started.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <fcntl.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

using namespace test_support;

namespace {

/// A file to which every started initializer adds a byte.
class start_count {
 public:
  start_count() {
    char name[] = "/tmp/troupe-starts-XXXXXX";
    ::close(::mkstemp(name));
    path_ = name;
  }
  ~start_count() { ::unlink(path_.c_str()); }
  const std::string& path() const { return path_; }
  std::size_t count() const { return text_of(path_).size(); }

 private:
  std::string path_;
};

void note(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (::write(fd, "x", 1) != 1)
    std::abort();
  ::close(fd);
}

void throwing(const std::string& path) {
  note(path);
  throw std::out_of_range{"the initializer"};
}
void crashing(const std::string& path) {
  note(path);
  ::raise(SIGKILL);
}
void exiting(const std::string& path) {
  note(path);
  std::exit(3);
}
/// Works the first `times` times.
void worn_out(std::size_t times, const std::string& path) {
  note(path);
  if (text_of(path).size() > times)
    ::raise(SIGKILL);
}

int die(int) {
  ::raise(SIGKILL);
  return 0;
}
int same(int x) { return x; }

} // namespace

TEST_CASE("the constructor throws what the initializer threw") {
  repeat(20, [](random_source&) {
    in_runtime(30s, [](troupe::runtime& rt) {
      start_count starts;
      CHECK_THROWS_AS(
          (troupe::pool{rt, {.processes = 3, .initializer = troupe::bind_front(throwing, starts.path())}}),
          std::out_of_range);
      CHECK(starts.count() <= 3);
      CHECK(troupe::pool(rt, {.processes = 1}).apply(same, 1) == 1);
    });
  });
}

TEST_CASE("the constructor throws worker_lost when the initializer crashes, after a few starts") {
  repeat(20, [](random_source&) {
    in_runtime(30s, [](troupe::runtime& rt) {
      for (unsigned processes : {1U, 2U, 8U}) {
        start_count starts;
        CHECK_THROWS_AS(
            (troupe::pool{
                rt, {.processes = processes, .initializer = troupe::bind_front(crashing, starts.path())}}),
            troupe::worker_lost);
        CHECK(starts.count() <= 6 + processes);
        start_count exits;
        CHECK_THROWS_AS(
            (troupe::pool{
                rt, {.processes = processes, .initializer = troupe::bind_front(exiting, exits.path())}}),
            troupe::worker_lost);
        CHECK(exits.count() <= 6 + processes);
      }
    });
  });
}

TEST_CASE("a crash loop of replacements fails every handle with its cause, and later calls too") {
  repeat(20, [](random_source&) {
    start_count starts;
    troupe::pool_options options{.processes = 2,
                                 .initializer = troupe::bind_front(worn_out, 2, starts.path())};
    in_pool(
        30s,
        [&](troupe::pool& pool) {
          auto waiting = pool.with({.crash_retries = 100}).map_async(die, std::vector<int>(10));
          CHECK_THROWS_AS(waiting.get(20s * slowness), troupe::worker_lost);
          CHECK_THROWS_AS(pool.apply(same, 1), troupe::worker_lost);
          CHECK(starts.count() <= 2 + 6 + 2);
          CHECK_THROWS_AS(pool.join(), troupe::usage_error);
        },
        options);
  });
}

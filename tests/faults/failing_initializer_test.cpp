// SPDX-License-Identifier: BSD-3-Clause
// Row 6: an initializer that throws or crashes ends the pool, and no crowd of processes is started.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <fcntl.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
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
void crashing_late(const std::string& path) {
  note(path);
  std::this_thread::sleep_for(1200ms); // sleep: an initializer that takes its time
  ::raise(SIGKILL);
}
void hanging(const std::string& path) {
  note(path);
  for (;;)
    ::pause();
}
/// Works the first `times` times.
void worn_out(std::size_t times, const std::string& path) {
  note(path);
  if (text_of(path).size() > times)
    ::raise(SIGKILL);
}

/// Throws the second time.
void moody(const std::string& path) {
  note(path);
  if (text_of(path).size() == 2)
    throw std::out_of_range{"once"};
}

int die(int) {
  ::raise(SIGKILL);
  return 0;
}
int same(int x) { return x; }

/// No pool comes of this initializer, whatever its number of workers, and it is started at most so often.
template <class Error>
void expect_no_pool(troupe::runtime& rt, unsigned processes, void (*initializer)(const std::string&),
                    std::size_t most_starts) {
  CAPTURE(processes, most_starts);
  start_count starts;
  CHECK_THROWS_AS(
      (troupe::pool{rt,
                    {.processes = processes, .initializer = troupe::bind_front(initializer, starts.path())}}),
      Error);
  CHECK(starts.count() >= 1);
  CHECK(starts.count() <= most_starts);
}

} // namespace

TEST_CASE("the constructor throws what the initializer threw") {
  repeat(20, [](random_source&) {
    in_runtime(30s, [](troupe::runtime& rt) {
      expect_no_pool<std::out_of_range>(rt, 3, throwing, 3);
      CHECK(troupe::pool(rt, {.processes = 1}).apply(same, 1) == 1);
    });
  });
}

TEST_CASE("the constructor throws worker_lost when the initializer crashes, after a few starts") {
  repeat(20, [](random_source&) {
    in_runtime(30s, [](troupe::runtime& rt) {
      for (unsigned processes : {1U, 2U, 8U}) {
        expect_no_pool<troupe::worker_lost>(rt, processes, crashing, 6 + processes);
        expect_no_pool<troupe::worker_lost>(rt, processes, exiting, 6 + processes);
      }
    });
  });
}

TEST_CASE("an initializer that takes its time to crash is not started for ever") {
  in_runtime(30s, [](troupe::runtime& rt) { expect_no_pool<troupe::worker_lost>(rt, 1, crashing_late, 7); });
}

TEST_CASE("the constructor waits no longer for an initializer that hangs than it was told") {
  repeat(20, [](random_source&) {
    in_runtime(30s, [](troupe::runtime& rt) {
      start_count starts;
      CHECK_THROWS_AS((troupe::pool{rt,
                                    {.processes = 2,
                                     .initializer = troupe::bind_front(hanging, starts.path()),
                                     .start_timeout = 20ms}}),
                      troupe::timeout_error);
      CHECK(rt.active_children().empty());
      CHECK(troupe::pool(rt, {.processes = 1, .start_timeout = 20s}).apply(same, 1) == 1);
    });
  });
}

TEST_CASE("an initializer that throws once in a replacement is tried again") {
  repeat(20, [](random_source&) {
    start_count starts;
    in_pool(30s,
            [&](troupe::pool& pool) {
              CHECK_THROWS_AS(pool.apply(die, 1), troupe::worker_lost);
              CHECK(pool.apply(same, 1) == 1);
              CHECK(starts.count() == 3);
            },
            {.processes = 1, .initializer = troupe::bind_front(moody, starts.path())});
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

// SPDX-License-Identifier: BSD-3-Clause
// Row 25: no descriptors are left. Starting says so at once; what runs goes on; later starts succeed.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <csignal>
#include <optional>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }
int die_if_negative(int x) {
  if (x < 0)
    ::raise(SIGKILL);
  return x;
}

/// Leaves this process `count` descriptors.
class scarcity {
 public:
  explicit scarcity(int count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto few = before_;
    few.rlim_cur = 512;
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
      taken_.push_back(fd);
    for (; count > 0; --count) {
      ::close(taken_.back());
      taken_.pop_back();
    }
  }
  /// Nor does it get those that become free.
  void keep() {
    auto none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~scarcity() {
    for (int fd : taken_)
      ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

} // namespace

TEST_CASE("a pool that cannot be started says spawn_error with the system's words, whatever is missing") {
  in_runtime(60s, [](troupe::runtime& rt) {
    troupe::pool works{rt, {.processes = 1}};
    works.apply(same, 1);
    for (int left = 0; left < 3; ++left) {
      for (bool with_initializer : {false, true}) {
        scarcity few{left};
        troupe::pool_options options{.processes = 2};
        if (with_initializer)
          options.initializer = [] {};
        const auto began = std::chrono::steady_clock::now();
        CHECK_THROWS_WITH((troupe::pool{rt, options}), Catch::Contains("Too many open files"));
        CHECK_THROWS_AS((troupe::pool{rt, options}), troupe::spawn_error);
        CHECK(std::chrono::steady_clock::now() - began < 10s * slowness);
        CHECK(works.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
      }
    }
    CHECK(troupe::pool(rt, {.processes = 2}).apply(same, 1) == 1);
  });
}

TEST_CASE("a pool all of whose workers die while there are no descriptors goes on when there are") {
  in_runtime(60s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 2}};
    pool.apply(same, 1);
    std::optional<scarcity> few{std::in_place, 0};
    few->keep();
    for (const auto& w : pool.workers())
      ::kill(w.pid, SIGKILL);
    auto waits = pool.apply_async(same, 7);
    CHECK_FALSE(waits.wait(300ms));
    few.reset();
    CHECK(waits.get(10s) == 7);
    CHECK(eventually(10s, [&] { return pool.workers().at(0).pid != 0 && pool.workers().at(1).pid != 0; }));
  });
}

TEST_CASE("what a dead worker held is enough for its replacement") {
  in_runtime(60s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 2}};
    pool.apply(same, 1);
    const scarcity none{0};
    for (int i = 0; i < 5; ++i) {
      for (const auto& w : pool.workers())
        ::kill(w.pid, SIGKILL);
      CHECK(pool.apply_async(same, i).get(10s) == i);
    }
  });
}

TEST_CASE("a runtime that cannot be made leaves nothing, when nobody had called init", "[.without_init]") {
  int failed = 0;
  for (int left = 0; left < 40; ++left) {
    CAPTURE(left);
    const auto before = leftovers::now();
    {
      const scarcity few{left};
      try {
        const troupe::runtime rt{0, nullptr};
      } catch (const troupe::spawn_error& e) {
        CHECK(e.errno_value() == EMFILE);
        ++failed;
      }
    }
    CHECK(eventually(1s, [&] { return leftovers::now() == before; }));
  }
  CHECK(failed > 5);
}

TEST_CASE("a pool for which there are descriptors for some workers only works with those") {
  in_runtime(60s, [](troupe::runtime& rt) {
    for (int left = 3; left < 16; ++left) {
      CAPTURE(left);
      scarcity few{left};
      try {
        troupe::pool pool{rt, {.processes = 4, .initializer = [] {}}};
        CHECK(pool.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
      } catch (const troupe::spawn_error& e) {
        CHECK(e.errno_value() == EMFILE);
      }
    }
  });
}

TEST_CASE("lost fork servers that cannot be replaced leave none behind that nobody watches") {
  repeat(2, [](random_source&) {
    in_runtime(60s, [](troupe::runtime& rt) {
      for (int left = 0; left < 20; ++left) {
        CAPTURE(left);
        for (pid_t server : fork_servers())
          ::kill(server, SIGKILL);
        {
          scarcity few{left};
          try {
            troupe::pool pool{rt, {.processes = 1}};
            CHECK(pool.apply(same, 1) == 1);
          } catch (const troupe::spawn_error& e) {
            CHECK(e.errno_value() == EMFILE);
          }
        }
        CHECK(troupe::pool(rt, {.processes = 1}).apply(same, 1) == 1);
        CHECK(eventually(5s, [] { return children_of().size() == 2; })); // the one at work and its spare
      }
    });
  });
}

TEST_CASE("a pool that cannot replace its workers for a while goes on when it can") {
  repeat(5, [](random_source&) {
    in_pool(60s, [](troupe::pool& pool) {
      pool.map(same, {1, 2, 3});
      {
        scarcity none{0};
        auto settled = pool.with({.chunk = 1}).map_settled(die_if_negative, {-1, 2, 3, 4});
        CHECK_FALSE(settled[0]);
        CHECK(settled[3].value() == 4);
      }
      CHECK(eventually(10s, [&] {
        pool.apply(same, 1);
        const auto all = pool.workers();
        return all[0].state == troupe::worker_state::idle && all[1].state == troupe::worker_state::idle;
      }));
    });
  });
}

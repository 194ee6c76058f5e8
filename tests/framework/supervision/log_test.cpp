// SPDX-License-Identifier: BSD-3-Clause
// What a supervisor writes to stderr.
#include "support/in_runtime.hpp"
#include "support/log_text.hpp"
#include "support/repeat.hpp"

#include <troupe/supervisor.hpp>
#include <troupe/test.hpp>

#include <unistd.h>

#include <csignal>

using namespace test_support;
using troupe::own_process;
using troupe::supervisor;

namespace {

class leaf final : public troupe::actor {};

class stubborn final : public troupe::actor {
 public:
  void on_stop(const troupe::exit_reason&) override {
    for (;;)
      ::pause();
  }
};

} // namespace

TEST_CASE(
    "each abnormal end is logged, also of a child that is found to have ended when it is to be stopped") {
  for (const auto strategy : {troupe::one_for_one, troupe::one_for_all, troupe::rest_for_one})
    troupe::test::each_seed(seeds(50), [&](troupe::test::stage& s) {
      const log_text log;
      supervisor sup{s, {.strategy = strategy, .intensity = 9, .name = "ward"}};
      const auto a = sup.add<leaf>({.id = "a", .place = own_process});
      const auto b = sup.add<leaf>({.id = "b", .place = own_process});
      s.kill(a, SIGSEGV);
      s.kill(b, SIGKILL);
      s.advance(10s);
      CHECK(log.lines_with("killed by SIGSEGV") == 1);
      CHECK(log.lines_with("killed by SIGKILL") == 1);
    });
}

TEST_CASE("a child that had to be killed is logged, one that is killed as its options say is not") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const log_text log;
    supervisor sup{rt, {.name = "ward"}};
    sup.add<stubborn>({.id = "slow", .place = own_process, .shutdown = 50ms});
    sup.add<stubborn>({.id = "killed", .place = own_process, .shutdown = 0s});
    sup.stop("slow");
    sup.stop("killed");
    CHECK(log.lines_with("ward: slow was stopped: process") == 1);
    CHECK(log.lines_with("ward: killed") == 0);
  });
}

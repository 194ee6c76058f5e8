// SPDX-License-Identifier: BSD-3-Clause
// Supervisors under supervisors, each of which waits for others in the middle of its steps.
#include "support/repeat.hpp"

#include <troupe/supervisor.hpp>
#include <troupe/test.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace test_support;
using namespace std::chrono_literals;
using troupe::own_process;
using troupe::supervisor;
using troupe::test::each_seed;
using troupe::test::stage;

namespace {

class leaf final : public troupe::actor {
 public:
  int answer() const { return 42; }
};

/// Three levels, with a child in a process of its own on each.
struct tree {
  explicit tree(stage& s, troupe::restart_strategy strategy)
      : top{s, {.strategy = strategy, .intensity = 9, .log = false}},
        middle{top.add_supervisor({.id = "middle"}, {.strategy = strategy, .intensity = 9, .log = false})},
        bottom{
            middle.add_supervisor({.id = "bottom"}, {.strategy = strategy, .intensity = 9, .log = false})} {
    int number = 0;
    for (auto* over : {&bottom, &middle, &top})
      leaves.push_back(over->add<leaf>({.id = std::to_string(++number), .place = own_process}));
  }

  supervisor top;
  supervisor middle;
  supervisor bottom;
  std::vector<troupe::actor_ref<leaf>> leaves;
};

} // namespace

TEST_CASE("on a stage, supervisors of several levels heal at the same time") {
  for (const auto strategy : {troupe::one_for_one, troupe::one_for_all, troupe::rest_for_one})
    each_seed(seeds(100), [&](stage& s) {
      tree t{s, strategy};
      for (int round = 0; round < 2; ++round) {
        for (const auto& each : t.leaves)
          s.kill(each);
        s.advance(10s);
        for (const auto& each : t.leaves)
          REQUIRE(each.ask<&leaf::answer>().get(1s) == 42);
      }
    });
}

TEST_CASE("on a stage, a tree is stopped while its lower levels heal") {
  for (const std::size_t killed : {0, 1})
    each_seed(seeds(100), [&](stage& s) {
      {
        tree t{s, troupe::one_for_one};
        for (std::size_t i = 0; i <= killed; ++i)
          s.kill(t.leaves[i]);
        t.top.stop();
        for (const auto& each : t.leaves)
          REQUIRE_THROWS_AS(each.ask<&leaf::answer>().get(1s), troupe::actor_down);
      }
      s.advance(10s);
      REQUIRE(s.leftovers().empty());
    });
}

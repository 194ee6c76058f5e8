// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/node.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace troupe::detail {

class stage_world;

/// A simulated process.
///
///   running ──(its last actor ends)──▶ ending ──▶ ended
///      └───────────(kill)────────────▶ killed ──▶ ended
///
/// It is `ending` or `killed` for as long as code of it is on the stack: only then can its actors go. What a killed
/// one still sends is lost.
struct stage_process {
  enum class life { running, ending, killed, ended };

  bool alive() const { return state == life::running || state == life::ending; }

  const process_id id;
  const std::string name;
  const pid_t pid; // made up
  stage_world* world;
  std::shared_ptr<actor_system> system{}; // which holds this: let go of by the world
  life state = life::running;
  bool frozen = false;
  std::size_t depth = 0; // how often code of it is on the stack
  std::deque<std::function<void()>> posted{};
  std::shared_ptr<const process_exit> exit{}; // once killed or ended
};

} // namespace troupe::detail

// SPDX-License-Identifier: BSD-3-Clause
//   supervisor ──roll_call──▶ each child
//   supervisor ◀──answer───── those that poll
#include "actor/roll_call.hpp"

#include <troupe/codec.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/failure.hpp>

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

namespace troupe::detail {

namespace {

using infos = std::vector<actor_info>;

/// One child's part.
class part {
 public:
  part(actor_system& system, std::shared_ptr<child_record> child)
      : system_{system}, child_{std::move(child)} {
    const auto to = system_.peer(child_->id());
    if (!to->way())
      return; // it has ended
    answer_ = std::make_shared<pending_value<infos>>(system_.shared_from_this());
    question_ = system_.expect(answer_, child_->id());
    to->way().write(static_cast<std::uint32_t>(actor_tag::roll_call),
                    [&](byte_writer& w) { w.put(question_); });
    system_.check_alive(*to);
  }

  infos wait(steady_time deadline) {
    if (!answer_)
      return {};
    if (!answer_->wait(deadline)) {
      system_.forget(question_);
      return silent();
    }
    try {
      return of_child(answer_->take());
    } catch (const actor_down&) {
      return {}; // it has ended meanwhile
    } catch (const error&) {
      return silent(); // what it said makes no sense
    }
  }

 private:
  infos silent() const {
    actor_info nobody;
    nobody.state = actor_state::no_answer;
    return child_->ended() ? infos{} : of_child({nobody});
  }
  infos of_child(infos all) const {
    for (auto& i : all) {
      i.process = child_->name();
      i.pid = child_->pid();
    }
    return all;
  }

  actor_system& system_;
  std::shared_ptr<child_record> child_;
  std::shared_ptr<pending_value<infos>> answer_;
  ask_number question_ = 0;
};

infos of_this_process(const actor_system& system) {
  auto all = system.actors();
  for (auto& i : all) {
    i.process = process_name();
    i.pid = ::getpid();
  }
  return all;
}

} // namespace

infos roll_call(node::state& here, steady_time deadline) {
  std::vector<part> parts; // all are asked before the first is waited for
  for (auto& child : here.watch->children())
    if (!child->ended())
      parts.emplace_back(*here.system, std::move(child));
  auto all = of_this_process(*here.system);
  for (auto& p : parts)
    std::ranges::move(p.wait(deadline), std::back_inserter(all));
  return all;
}

} // namespace troupe::detail

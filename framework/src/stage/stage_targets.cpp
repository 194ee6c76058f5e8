// SPDX-License-Identifier: BSD-3-Clause
#include "stage/stage_targets.hpp"

#include "stage/stage_world.hpp"

namespace troupe::detail {

void stage_runner::schedule() {
  const runner_ref share{this}; // the stage holds the host itself while it is ready
  if (auto host = host_.lock(); host && place_->world)
    place_->world->make_ready(place_, std::move(host));
}

void stage_way::deliver(envelope&& message) {
  const auto bytes = message.body.bytes();
  write(message.tag, [&](byte_writer& w) { w.put(bytes.data(), bytes.size()); });
}

void stage_way::write(std::uint32_t tag, function_ref<void(byte_writer&)> encode) {
  byte_buffer message;
  encode(message); // also when nobody will get it: what saving throws, it throws in any case
  if (is_silent())
    return;
  from_->world->send({from_->id, to_.process},
                     {.target = to_.number, .tag = tag, .body = payload{message.view()}});
}

bool stage_way::is_silent() const { return !from_->world || !from_->alive(); }

bool stage_way::gone() const { return !from_->world || from_->system->knows_end_of(to_.process); }

} // namespace troupe::detail

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "stage/stage_process.hpp"

#include <troupe/detail/mailbox.hpp>
#include <troupe/detail/runner.hpp>

#include <memory>
#include <utility>

namespace troupe::detail {

/// Has the stage run a host of a simulated process.
class stage_runner final : public runner {
 public:
  stage_runner(std::shared_ptr<stage_process> place, std::weak_ptr<actor_host> host)
      : place_{std::move(place)}, host_{std::move(host)} {}

  void schedule() override;

 private:
  std::shared_ptr<stage_process> place_;
  std::weak_ptr<actor_host> host_;
};

/// An actor of one simulated process as another reaches it.
class stage_way final : public mailbox_target {
 public:
  stage_way(std::shared_ptr<stage_process> from, actor_id to) : from_{std::move(from)}, to_{to} {}

  void deliver(envelope&& message) override;
  void write(std::uint32_t tag, function_ref<void(byte_writer&)> encode) override;
  void flush() override {}
  std::size_t backlog() const override { return 0; }
  process_id process() const override { return to_.process; }
  /// The sender has been told of its end.
  bool gone() const override;

 private:
  bool is_silent() const;

  std::shared_ptr<stage_process> from_;
  actor_id to_;
};

} // namespace troupe::detail

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/mailbox.hpp>
#include <troupe/detail/node.hpp>
#include <troupe/detail/task_run.hpp>

namespace troupe::detail {

/// What runs first in a worker process: the initializer, then the actor below, until the end.
/// Arguments: the number of the pool's actor, and the initializer (a callable), if there is one.
int worker_entry(child_context& context, byte_reader& arguments);

/// The one actor of a worker process. It runs tasks on the thread that polls the link, so a chunk is one hop
/// away from the pool.
class worker_actor final : public message_handler {
 public:
  worker_actor(child_context& context, mailbox_ref pool);

  void receive(envelope& message) override;
  void batch_done() override;

 private:
  void run_next_chunk(byte_reader& in);
  bool claim(std::uint64_t chunk);
  void send_results(function_ref<void(byte_writer&)> encode);

  child_context& context_;
  mailbox_ref pool_;
  worker_box& box_;
  struct sender {
    worker_actor* self;
    void operator()(function_ref<void(byte_writer&)> encode) const { self->send_results(encode); }
  } sender_{this};
  task_run run_;
};

/// The box in a child's black box.
worker_box& box_in(std::span<std::byte> black_box);

} // namespace troupe::detail

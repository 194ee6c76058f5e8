// SPDX-License-Identifier: BSD-3-Clause
#include "pool/worker_actor.hpp"

#include "pool/wire.hpp"

#include <troupe/callable.hpp>
#include <troupe/detail/forked_copy.hpp>
#include <troupe/detail/task_code.hpp>
#include <troupe/exceptions.hpp>

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>

namespace troupe::detail {

namespace {

constexpr auto tag(pool_tag t) { return static_cast<std::uint32_t>(t); }

// Runs the initializer; what it throws is told to the pool. False then.
bool initialize(byte_reader& arguments, const mailbox_ref& pool) {
  try {
    if (arguments.remaining() != 0)
      callable::decode_and_call(arguments);
    end_if_forked_copy();
    pool.write(tag(pool_tag::ready), [](byte_writer&) {});
    pool.flush();
    return true;
  } catch (...) {
    end_if_forked_copy();
    pool.write(tag(pool_tag::unfit), [](byte_writer& w) { static_cast<void>(encode_current_exception(w)); });
    pool.flush();
    return false;
  }
}

// What tasks throw does not come here. Without its actor the process would live on, and what it was given never end.
template <class F>
void end_if_it_throws(F&& work) {
  try {
    work();
  } catch (const decode_error& e) {
    std::fprintf(stderr, "troupe: a worker was sent garbage and ends: %s\n", e.what());
    ::_exit(70);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "troupe: a worker cannot hand over its results and ends: %s\n", e.what());
    ::_exit(70);
  } catch (...) {
    ::_exit(70);
  }
}

} // namespace

worker_box& box_in(std::span<std::byte> black_box) {
  static_assert(sizeof(worker_box) <= (128 << 10));
  return *reinterpret_cast<worker_box*>(black_box.data()); // fresh shared memory is all zero: an empty box
}

int worker_entry(child_context& context, byte_reader& arguments) {
  const auto pool = context.supervisor_actor(arguments.get<actor_number>());
  if (!initialize(arguments, pool)) {
    context.wait_for_room();
    return 1;
  }
  auto worker =
      context.here().spawn(std::make_unique<worker_actor>(context, pool), handler_kind::user, worker_number);
  return context.serve();
}

worker_actor::worker_actor(child_context& context, mailbox_ref pool)
    : context_{context},
      pool_{std::move(pool)},
      box_{box_in(context.black_box())},
      run_{box_, task_run::send_results{sender_}} {}

bool worker_actor::claim(std::uint64_t chunk) {
  auto offered = 2 * chunk;
  return box_.claims[chunk % worker_box::claim_slots].compare_exchange_strong(offered, offered + 1,
                                                                              std::memory_order_acq_rel);
}

namespace {

// Whoever has a task's result may end the pool, and the worker with what it still holds back.
void show_output() {
  std::cout.flush();
  std::fflush(stdout);
}

} // namespace

void worker_actor::send_results(function_ref<void(byte_writer&)> encode) {
  show_output();
  pool_.write(tag(pool_tag::results), encode);
  pool_.flush();
  if (context_.congested()) // what waits in this process's own memory would be lost with it
    context_.wait_for_room();
}

void worker_actor::receive(envelope& message) {
  if (message.tag != tag(pool_tag::run))
    return;
  byte_reader in{message.body.bytes()};
  end_if_it_throws([&] {
    while (in.remaining() != 0)
      run_next_chunk(in);
  });
}

void worker_actor::run_next_chunk(byte_reader& in) {
  const auto header = in.get<chunk_header>();
  byte_reader callable_bytes{in.take(header.callable_bytes)};
  byte_reader items{in.take(header.items_bytes)};
  if (!claim(header.chunk))
    return; // taken back
  run_.begin_chunk(header.chunk, header.count, header.stream != 0, header.patient != 0);
  code_at<task_code>(header.code)(callable_bytes, items, run_);
  run_.end_chunk();
}

void worker_actor::batch_done() {
  end_if_it_throws([&] { run_.flush(); });
}

} // namespace troupe::detail

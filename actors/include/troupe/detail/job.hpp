// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/bytes.hpp>
#include <troupe/detail/function_ref.hpp>
#include <troupe/detail/task_code.hpp>
#include <troupe/failure.hpp>
#include <troupe/task_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace troupe::detail {

/// The items of a call. Called by the pool's actor, possibly more than once for an item (retries).
class task_source {
 public:
  virtual ~task_source() = default;
  /// Encodes items [first, first + count); `done` counts them, so that whoever catches what an item's
  /// saving throws knows which it was.
  virtual void encode(byte_writer& out, std::size_t first, std::size_t count, std::size_t& done) const = 0;
};

/// Asked before a failure is final: true when the item will be run again.
using retry_filter = function_ref<bool(std::size_t index, const failure& why)>;

/// Results of items first, first + 1, … of a call, as they came from a worker.
struct result_batch {
  std::size_t first;
  std::size_t count;
  byte_reader& bytes;
  bool dense = false;         // values of a fixed size, nothing between them
  std::size_t taken = 0;      // results that have reached the sink
  std::size_t unloadable = 0; // of these, failures that came as values
};

/// Where the results of a call go. Called by the pool's actor: one call at a time, on the thread that
/// happens to run it.
class result_sink {
 public:
  virtual ~result_sink() = default;
  /// Errors: decode_error when the bytes are no results, after those that were taken from them; a value that
  /// cannot be loaded is its item's failure.
  virtual void accept(result_batch& batch, retry_filter retried) = 0;
  virtual void fail(std::size_t index, failure why) = 0;
  /// Every item has its outcome, or, with `why`, those without will not get one. Called once, last.
  virtual void finish(const failure* why) = 0;
};

/// Loads results of type R one by one into `value_at(index, reader)`, or failures into `sink.fail`.
template <class R, class ValueAt>
void accept_results(result_sink& sink, result_batch& batch, retry_filter retried, ValueAt&& value_at) {
  if (batch.dense && !may_be_dense<R>)
    throw_decode_error("dense results of a type that has no fixed size");
  for (; batch.dense && batch.taken < batch.count; ++batch.taken)
    value_at(batch.first + batch.taken, batch.bytes);
  for (; batch.taken < batch.count; ++batch.taken) {
    const auto index = batch.first + batch.taken;
    const auto kind = batch.bytes.get<result_kind>();
    if (kind != result_kind::value && kind != result_kind::failure)
      throw_decode_error("a result that is neither a value nor a failure");
    auto content = take_sized(batch.bytes);
    try {
      if (kind == result_kind::value) {
        value_at(index, content);
        continue;
      }
      auto why = decode_failure(content, index);
      if (!retried(index, why))
        sink.fail(index, std::move(why));
    } catch (...) { // the user's own load() threw
      ++batch.unloadable;
      sink.fail(index, failure{std::current_exception()});
    }
  }
}

/// A call on its way to the pool's actor.
struct job_request {
  std::uint32_t code = 0; // task_code in the code table
  byte_buffer callable;
  task_options options;
  std::shared_ptr<result_sink> sink;
  std::shared_ptr<const task_source> source; // of the first `count` items; empty: none yet
  std::size_t count = 0;
  bool more = false;   // further items will be added
  bool stream = false; // results are wanted as they come
};

} // namespace troupe::detail

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace troupe {

namespace detail {
class byte_reader;
class byte_writer;
} // namespace detail

/// Why something failed: an exception, kept to be looked at or thrown later.
///
/// A value: copies are cheap, never throw, and share one immutable record.
/// Threads: any number may use copies, or one object, at the same time.
///
/// Example:
///   for (auto& result : pool.map_settled(parse, files))
///     if (!result)
///       std::cerr << result.error().type_name() << ": " << result.error().what() << '\n';
class failure {
 public:
  /// Wraps an exception caught in this process. REQUIRES: e is not null.
  explicit failure(std::exception_ptr e);

  /// The same for an exception about which more is known than it says itself.
  failure(std::exception_ptr e, std::string type_name, std::string text);

  /// Wraps a new exception: `failure::of(queue_closed{"closed while waiting"})`.
  template <class E>
  static failure of(E e) {
    return failure{std::make_exception_ptr(std::move(e))};
  }

  /// The exception; never null. For one from another process see `remote_cause`.
  std::exception_ptr exception() const { return record_->exception; }

  [[noreturn]] void rethrow() const;

  /// What the exception says of itself; empty when it says nothing.
  std::string what() const { return record_->text; }

  /// The type that was thrown, also when it could not be rebuilt here and `exception()` holds a
  /// `task_error` in its place.
  std::string type_name() const { return record_->type_name; }

 private:
  struct record {
    std::exception_ptr exception;
    std::string type_name;
    std::string text;
  };

  std::shared_ptr<const record> record_; // never null, never changes
};

namespace detail {

/// Writes the exception being handled, for `decode_failure` in another process.
///
/// Copies nothing and calls only what(), so that an exception that throws from what() or from its
/// copy constructor, or that is no `std::exception` at all, travels like any other. Texts are cut
/// at 64 KiB, and shorter when the writer has less room.
/// Out: false, with nothing written, when not even the bare type name fitted.
/// REQUIRES: called inside a catch block.
[[nodiscard]] bool encode_current_exception(byte_writer& out) noexcept;

/// Rebuilds a failure. `task_index` is the caller's own number for the task, if it has one.
///
/// An exception that crossed several processes keeps the place where it was thrown first; its task
/// index is that of the last batch it left.
/// Errors: `decode_error` on malformed bytes, nothing else.
failure decode_failure(byte_reader& in, std::optional<std::size_t> task_index);

/// The name under which this process appears in failures it sends. At most 63 bytes are kept.
/// Threads: set it before there are others.
void set_process_name(std::string_view name) noexcept;
std::string_view process_name() noexcept;

} // namespace detail

} // namespace troupe

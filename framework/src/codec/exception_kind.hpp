// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <exception>
#include <typeinfo>

namespace troupe {
struct remote_info;
}

namespace troupe::detail {

class byte_reader;
class byte_writer;

/// What an exception is on the wire. Stable; never renumber.
enum class exception_kind : std::uint8_t {
  unknown = 0,    // arrives as task_error
  registered = 1, // a name follows
  std_exception = 2,
  logic_error = 3,
  domain_error = 4,
  invalid_argument = 5,
  length_error = 6,
  out_of_range = 7,
  runtime_error = 8,
  range_error = 9,
  overflow_error = 10,
  underflow_error = 11,
  system_error = 12,
  bad_alloc = 13,
  bad_array_new_length = 14,
  bad_cast = 15,
  bad_typeid = 16,
  bad_exception = 17,
  bad_function_call = 18,
  bad_optional_access = 19,
  bad_variant_access = 20,
  bad_any_cast = 21,
  bad_weak_ptr = 22,
  filesystem_error = 23,
  ios_failure = 24,
  future_error = 25,
  regex_error = 26,
  error = 64,
  usage_error = 65,
  timeout_error = 66,
  cancelled = 67,
  stopped = 68,
  worker_lost = 69,
  task_timeout = 70,
  actor_down = 71,
  queue_full = 72,
  queue_empty = 73,
  queue_closed = 74,
  connection_closed = 75,
  broken_barrier = 76,
  decode_error = 77,
  authentication_error = 78,
  spawn_error = 79,
};

/// How the exceptions of one kind travel, beyond their text.
struct exception_codec {
  exception_kind kind;
  const std::type_info* type;
  /// Appends what the text does not say: an error code, say. REQUIRES: e is of that type.
  void (*save)(byte_writer& out, const std::exception& e);
  /// Throws `decode_error` when `saved` is malformed.
  std::exception_ptr (*rebuild)(byte_reader& saved, const remote_info& info);
};

/// Null for types that are neither standard nor troupe's own: derived ones too.
const exception_codec* find_exception_codec(const std::type_info& type);
const exception_codec* find_exception_codec(exception_kind kind);

} // namespace troupe::detail

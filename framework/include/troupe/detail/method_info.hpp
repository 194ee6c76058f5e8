// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/bytes.hpp>
#include <troupe/detail/responder.hpp>

#include <cstdint>
#include <string_view>

namespace troupe::detail {

class actor_host;

/// What is known of one member function of a class of actors. There is one of these for each that a program mentions,
/// constant; everything between a reference and the call itself works on it, and is compiled once for all of them.
struct method_info {
  /// See host_job::label.
  std::string_view label;
  /// Calls it. `arguments`: the tuple in which they travel, to be used up. Answers, unless it throws.
  void (*call)(actor_host& host, void* arguments, responder& to);
  /// The same with arguments from another process.
  void (*decode_and_call)(const method_info& method, actor_host& host, byte_reader& arguments, responder& to);
  /// Its number in the table of code.
  std::uint32_t (*index)();
};

/// Tells which: what crosses is its index in the code table.
using actor_method = const method_info& (*)();

/// Calls the member function. What that throws, or decoding, is the answer, when there is somebody to answer; otherwise
/// it is thrown, and ends the actor.
void call_method(const method_info& method, actor_host& host, void* arguments, responder& to);
void call_method(const method_info& method, actor_host& host, byte_reader& arguments, responder& to);

} // namespace troupe::detail

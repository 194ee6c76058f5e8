// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/builtin_choices.hpp>
#include <troupe/detail/builtin_containers.hpp>
#include <troupe/detail/builtin_pointers.hpp>
#include <troupe/detail/builtin_products.hpp>
#include <troupe/detail/bytes.hpp>
#include <troupe/detail/dispatch.hpp>
#include <troupe/detail/sendable.hpp>

#include <cereal/types/atomic.hpp>
#include <cereal/types/base_class.hpp>
#include <cereal/types/bitset.hpp>
#include <cereal/types/common.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/string.hpp>

/// How values become bytes and bytes become values again.
///
/// What can be sent is the concept `troupe::sendable`. A class of your own needs nothing when it is
/// a plain aggregate, and otherwise the functions Cereal asks for:
///
///   class account {
///    public:
///     template <class Archive>
///     void serialize(Archive& archive) { archive(owner_, balance_cents_); }
///    private:
///     std::string owner_;
///     long balance_cents_ = 0;
///   };
///
/// All of `cereal/types/` works; headers for the less common types (valarray) are for the user to
/// include. Not supported are pointers to classes with virtual functions: send a `std::variant`.
///
/// Threads: any one of the process saves and loads, also one that waits for quite another call meanwhile, whose
/// timeout is late by as long as that takes. So these functions are short, take no lock that somebody holds while
/// waiting for a result, and do not call the pool that carries the value: that is a usage_error.
///
/// Limits: 512 levels of pointers and containers inside each other.
/// The encoding is the machine's own, without versions or type names: for processes of one
/// program, on one machine, not for files.

namespace troupe::detail {

/// Turns the exception being handled into `decode_error`, unless it is one of troupe's own.
[[noreturn]] void rethrow_as_decode_error();

/// Appends `value`.
///
/// Errors: `usage_error` for a value that no receiver would accept (nested too deep, a valueless
/// variant), and whatever the value's own functions or the writer throw. Then the writer may hold
/// a part of it: `rewind` it.
template <class T>
void encode(byte_writer& out, const T& value) {
  require_sendable<T>();
  if constexpr (scalar<T>) {
    out.put(value);
  } else if constexpr (sendable<T>) {
    encoder to{out};
    to.save(value);
    to.finish();
  }
}

/// Replaces `value` by the next value in the bytes.
///
/// Errors: `decode_error` whatever is wrong with the bytes; `value` may be changed in part. An
/// `error` of another kind thrown by a function of T itself passes through.
/// Limits: memory in proportion to the bytes, but for types that take much when empty.
template <class T>
void decode_into(byte_reader& in, T& value) {
  require_sendable<T>();
  if constexpr (travels_as_it_is<T>) {
    value = in.get<T>();
  } else if constexpr (scalar<T>) {
    decoder{in}.load(value);
  } else if constexpr (sendable<T>) {
    try {
      decoder from{in};
      from.load(value);
      from.finish();
    } catch (...) {
      rethrow_as_decode_error();
    }
  }
}

/// T is loaded into an object made before; the others by a function that constructs them.
template <class T>
concept loaded_in_place = std::is_default_constructible_v<T> && !constructed_by_cereal<T>;

/// The next value in the bytes; T needs no default constructor if it has `load_and_construct`.
/// Errors: as `decode_into`.
template <loaded_in_place T>
T decode(byte_reader& in) {
  T value{}; // stays where it is until all is loaded: deferred members know its address
  decode_into(in, value);
  return value;
}

template <class T>
T decode(byte_reader& in) {
  require_sendable<T>();
  if constexpr (sendable<T>) {
    try {
      decoder from{in};
      T value = from.make<T>();
      from.finish();
      return value;
    } catch (...) {
      rethrow_as_decode_error();
    }
  } else {
    throw_usage_error("unreachable: rejected at compile time");
  }
}

} // namespace troupe::detail

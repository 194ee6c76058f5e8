// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/codec.hpp>
#include <troupe/detail/bound.hpp>
#include <troupe/detail/callable_codec.hpp>
#include <troupe/detail/signature.hpp>

#include <memory>
#include <type_traits>
#include <utility>

/// What can be called in another process.
///
/// A *callable* is a function pointer, a lambda without captures, a class with operator() that is
/// `sendable`, or what `bind_front` and `by_value` make. A lambda with captures is none: it may
/// hold references, which would dangle in the other process, and the compiler cannot tell.
///
/// The items of a chunk share one copy of it: what a call changes in it, or in a bound value, the next one sees. How many
/// there are in a chunk is measured unless you say so, so results must not depend on that.

namespace troupe {

/// What calling F with Args gives, as a value: references are copied, const is dropped.
template <class F, class... Args>
using call_result_t =
    typename detail::call_result<std::decay_t<F>, std::index_sequence_for<Args...>, Args...>::type;

/// F can be sent to another process and called there.
template <class F>
concept sendable_callable = detail::is_sendable_callable<std::decay_t<F>>();

/// `f` with its first arguments given: they travel with it. As `std::bind_front`: the bound values
/// come first, and later calls may give more.
///
/// In: a callable, and sendable values, converted at once to the types of its parameters.
///
/// Example:
///   pool.map(troupe::bind_front(scale, 2.5), points);   // scale(2.5, point) for each
template <class F, class... Values>
auto bind_front(F f, Values&&... values) {
  detail::require_callable<F>();
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return detail::bound<F, detail::parameter_t<F, i, Values>...>{
        std::move(f), detail::convert<detail::parameter_t<F, i, Values>>(std::forward<Values>(values))...};
  }
  (std::index_sequence_for<Values...>{});
}

/// A lambda with captures, for which the caller vouches: every capture is held by value and means
/// the same in another process. It is sent as its bytes.
///
/// The compiler checks that the captures are trivially copyable. It cannot see whether one is a
/// reference or a pointer; such a call is undefined behaviour. Captures that own something
/// (a std::string) need `bind_front` instead.
template <class F>
detail::vouched<F> by_value(F f) {
  static_assert(std::is_class_v<F> && std::is_trivially_copyable_v<F>,
                "troupe: by_value(f): the captures must be trivially copyable (numbers, plain "
                "structs): pass others, such as a std::string, with troupe::bind_front");
  return {std::move(f)};
}

/// Any callable that takes nothing, or none at all. A value; copies share it.
///
/// Example:
///   troupe::pool_options options{.initializer = troupe::bind_front(open_database, "file.db")};
class callable {
 public:
  callable() = default;

  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, callable>) callable(F&& f)
      : held_{std::make_shared<const holder<std::decay_t<F>>>(std::forward<F>(f))} {}

  /// Whether there is something to call.
  explicit operator bool() const noexcept { return held_ != nullptr; }

  /// Writes it for `decode_and_call`. REQUIRES: not empty.
  /// Errors: as `detail::encode`, and `usage_error` from the table of functions.
  void encode(detail::byte_writer& out) const { held_->encode(out); }

  /// Calls in this process what was encoded in another.
  /// Errors: `decode_error`, and what the call throws.
  static void decode_and_call(detail::byte_reader& in) {
    detail::code_at<detail::call_entry*>(in.get<std::uint32_t>())(in);
  }

 private:
  struct held {
    virtual ~held() = default;
    virtual void encode(detail::byte_writer& out) const = 0;
  };

  template <class F>
  struct holder final : held {
    explicit holder(F f) : f_{std::move(f)} {
      detail::require_callable<F>();
      static_assert(std::is_invocable_v<F&>,
                    "troupe: this callable must take no arguments: give them with troupe::bind_front");
    }
    void encode(detail::byte_writer& out) const override {
      out.put(detail::code_index<&detail::decode_and_run<F>>());
      detail::encode_callable(out, f_);
    }
    F f_;
  };

  std::shared_ptr<const held> held_;
};

} // namespace troupe

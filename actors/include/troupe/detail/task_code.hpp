// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/callable.hpp>
#include <troupe/detail/arguments.hpp>
#include <troupe/detail/task_run.hpp>

#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>

namespace troupe::detail {

/// How the arguments of one item travel: one after the other; with a length in front unless their size is
/// fixed, so that an item that cannot be decoded spoils no other.
template <class Params>
struct item_codec;

template <class... P>
struct item_codec<std::tuple<P...>> {
  using params = std::tuple<P...>;
  static constexpr bool fixed = (fixed_size<P> && ...);
  static constexpr std::size_t fixed_bytes = (sizeof(P) + ... + 0); // if so

  template <class... Args>
  static void put(byte_writer& out, Args&&... args) {
    if constexpr (fixed)
      (encode_argument<P>(out, std::forward<Args>(args)), ...);
    else
      put_sized(out, [&](byte_writer& o) { (encode_argument<P>(o, std::forward<Args>(args)), ...); });
  }

  /// Moves `in` past the item and returns a reader of it.
  static byte_reader next(byte_reader& in) {
    if constexpr (fixed)
      return byte_reader{in.take(fixed_bytes)};
    else
      return take_sized(in);
  }
};

/// What runs a chunk in a worker: a pointer to it is what crosses, as an index into the code table.
using task_code = void (*)(byte_reader& callable, byte_reader& items, task_run& run);

template <class F, class Params>
void run_item(F& f, byte_reader item, task_run& run) {
  auto arguments = decode_each<Params>(item);
  std::apply(
      [&](auto&... a) {
        if constexpr (std::is_void_v<decltype(call_with(f, a...))>) {
          call_apart(f, a...);
          run.succeed();
        } else {
          run.succeed(call_apart(f, a...));
        }
      },
      arguments);
}

template <class F>
std::optional<F> try_decode_callable(byte_reader& in, std::exception_ptr& why) {
  try {
    return decode_callable<F>(in);
  } catch (...) {
    why = std::current_exception();
    return std::nullopt;
  }
}

template <class F, class Params>
struct result_of_call;
template <class F, class... P>
struct result_of_call<F, std::tuple<P...>> {
  using type = call_result_t<F, P...>;
};
template <class F, class Params>
using result_of = typename result_of_call<F, Params>::type;

/// Nothing but values of fixed size go in and come out.
template <class F, class Params>
constexpr bool is_plain = item_codec<Params>::fixed &&
                          (fixed_size<result_of<F, Params>> || std::is_void_v<result_of<F, Params>>);

/// A chunk of plain values, with plain results or none: the quick way of doing what run_chunk does.
template <class F, class Params>
void run_plain_chunk(F& f, byte_reader& items, task_run& run) {
  using result = result_of<F, Params>;
  constexpr auto item_bytes = item_codec<Params>::fixed_bytes;
  while (const auto count = run.room_for(plain_bytes<result>)) {
    auto rest = items;
    byte_reader in{rest.take(count * item_bytes)};
    const auto first = run.index();
    try {
      run.succeed_many<result>(count, [&]() -> result {
        auto arguments = decode_each<Params>(in);
        return std::apply([&f](auto&... a) -> result { return call_apart(f, a...); }, arguments);
      });
    } catch (...) {
      run.fail();
    }
    items.take((run.index() - first) * item_bytes);
  }
}

template <class F, class Params>
void run_chunk(byte_reader& callable, byte_reader& items, task_run& run) {
  std::exception_ptr why;
  auto f = try_decode_callable<F>(callable, why);
  if constexpr (is_plain<F, Params>)
    if (f && !run.streams()) {
      run_plain_chunk<F, Params>(*f, items, run);
      return;
    }
  while (run.next()) {
    const auto item = item_codec<Params>::next(items);
    try {
      if (!f)
        std::rethrow_exception(why);
      run_item<F, Params>(*f, item, run);
    } catch (...) {
      run.fail(); // whatever it is: it travels to the caller
    }
  }
}

} // namespace troupe::detail

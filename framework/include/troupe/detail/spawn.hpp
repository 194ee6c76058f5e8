// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor_ref.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/announced.hpp>
#include <troupe/detail/arguments.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/forever.hpp>
#include <troupe/spawn_options.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe::detail {

template <class A, class Arguments>
std::unique_ptr<actor> make_from_bytes(byte_reader& in) {
  auto args = decode_each<Arguments>(in);
  return std::apply([](auto&... a) -> std::unique_ptr<actor> { return std::make_unique<A>(std::move(a)...); },
                    args);
}

template <class A, class... Args>
constexpr void check_actor() {
  static_assert(std::derived_from<A, actor>,
                "troupe: spawn<A>: A must be derived from troupe::actor, publicly");
  static_assert(!std::is_abstract_v<A>, "troupe: spawn<A>: A has a pure virtual member: it cannot be made");
  static_assert(std::is_abstract_v<A> || std::is_constructible_v<A, Args...>,
                "troupe: spawn<A>(args...): A has no public constructor that takes these arguments");
}

/// Whether A can be made in another process of what arrives there of these arguments.
template <class A, class... Args>
inline constexpr bool can_be_made_elsewhere =
    (is_sendable<travel_t<Args>>() && ...) &&
    (std::is_move_constructible_v<travel_t<Args>> && ...) && std::is_constructible_v<A, travel_t<Args>...>;

/// An actor of this process.
template <class A, class... Args>
actor_ref<A> spawn_here(spawn_options options, Args&&... args) {
  check_actor<A, Args...>();
  const auto make = [&]() -> std::unique_ptr<actor> {
    return std::make_unique<A>(std::forward<Args>(args)...);
  };
  return actor_ref<A>{actor_system::current()->spawn(std::move(options), make)};
}

/// An actor wherever `options.place` says.
template <class A, class... Args>
actor_ref<A> spawn_anywhere(spawn_options options, Args&&... args) {
  const auto system = actor_system::current();
  const auto begun = system->now();
  if (system->is_here(options.place, deadline_after(options.start_timeout, begun)))
    return spawn_here<A>(std::move(options), std::forward<Args>(args)...);
  if (options.start_timeout != forever) // a neighbour may have been waited for
    options.start_timeout -= system->now() - begun;
  if constexpr (can_be_made_elsewhere<A, Args...>) {
    using arguments = std::tuple<travel_t<Args>...>;
    constexpr actor_factory factory = &make_from_bytes<A, arguments>;
    const auto index = announced_index<factory>();
    return actor_ref<A>{system->spawn_elsewhere(std::move(options), index, [&](byte_writer& w) {
      (encode_argument<travel_t<Args>>(w, std::forward<Args>(args)), ...);
    })};
  } else {
    throw usage_error(
        "spawn in another process: a constructor argument cannot be sent there, or the constructor does not take what "
        "would arrive (a reference or pointer, say): pass values or handles");
  }
}

template <class A>
actor_ref<A> find_actor(const std::string& name, std::chrono::nanoseconds timeout) {
  const auto system = actor_system::current();
  return actor_ref<A>{system->find(name, deadline_after(timeout, system->now()))};
}

} // namespace troupe::detail

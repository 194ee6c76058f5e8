// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/bytes.hpp>
#include <troupe/detail/spawn.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe::detail {

/// How to make a supervised actor, as often as it takes: its class, and the arguments it was added with.
struct child_recipe {
  std::function<std::unique_ptr<actor>()> make; ///< in this process, from copies of the arguments
  std::uint32_t factory = 0;                    ///< in another: an `actor_factory` in the code table
  std::shared_ptr<const byte_buffer> arguments = nullptr; ///< encoded; null: it cannot be made in another
};

template <class A, class... Args>
child_recipe recipe_for(Args&&... args) {
  static_assert((std::is_copy_constructible_v<travel_t<Args>> && ...),
                "troupe: supervisor::add<A>(spec, args...): each restart makes the actor anew from these "
                "arguments, so they must be copyable: pass values or handles");
  check_actor<A, travel_t<Args>...>();
  using arguments = std::tuple<travel_t<Args>...>;
  const auto kept = std::make_shared<const arguments>(convert<travel_t<Args>>(std::forward<Args>(args))...);
  child_recipe recipe;
  recipe.make = [kept]() -> std::unique_ptr<actor> {
    return std::apply([](auto... copies) { return std::make_unique<A>(std::move(copies)...); }, *kept);
  };
  if constexpr (can_be_made_elsewhere<A, Args...>) {
    constexpr actor_factory factory = &make_from_bytes<A, arguments>;
    recipe.factory = announced_index<factory>();
    auto bytes = std::make_shared<byte_buffer>();
    std::apply([&](const auto&... each) { (encode_argument<travel_t<Args>>(*bytes, each), ...); }, *kept);
    recipe.arguments = std::move(bytes);
  }
  return recipe;
}

} // namespace troupe::detail

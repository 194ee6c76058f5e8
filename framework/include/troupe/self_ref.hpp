// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor_ref.hpp>
#include <troupe/detail/actor_host.hpp>

#include <memory>
#include <utility>

namespace troupe {

/// What `self()` gives: a reference to the actor that asks for it, of whatever class it is passed as. Like every
/// reference it can be kept, compared and sent: `spawn<worker>({.place = own_process}, self())`.
class self_ref {
 public:
  /// Refers to nobody.
  self_ref() = default;
  explicit self_ref(std::shared_ptr<detail::endpoint> to) : to_{std::move(to)} {}

  /// Errors: usage_error when the actor is no A, as far as it can be seen here: in the actor itself.
  template <class A>
  operator actor_ref<A>() const { // NOLINT: it is one
    auto* const host = to_ ? detail::actor_host::running() : nullptr;
    if (host && host->address() == to_->id() && host->has_object()) // it has none in its constructor
      host->object<A>();
    return actor_ref<A>{to_};
  }
  /// A message to oneself, handled when its turn comes.
  template <auto method, class... Args>
  void tell(Args&&... args) const { // overloaded? troupe::overload<int>(&c::m)
    as_the_owner_of<method>().template tell<method>(std::forward<Args>(args)...);
  }
  /// The same with an answer, for `co_await`: in `get()` it would wait for itself.
  template <auto method, class... Args>
  auto ask(Args&&... args) const { // overloaded? troupe::overload<int>(&c::m)
    return as_the_owner_of<method>().template ask<method>(std::forward<Args>(args)...);
  }

  /// For the framework.
  detail::actor_id id() const { return to_ ? to_->id() : detail::actor_id{}; }

 private:
  template <auto method>
  auto as_the_owner_of() const {
    return static_cast<actor_ref<typename detail::method_type<decltype(method)>::object>>(*this);
  }

  std::shared_ptr<detail::endpoint> to_;
};

template <class A>
bool operator==(const self_ref& a, const actor_ref<A>& b) {
  return a.id() == b.id();
}
inline bool operator==(const self_ref& a, const self_ref& b) { return a.id() == b.id(); }

namespace detail {

template <>
struct builtin<self_ref> : builtin_reference<self_ref> {};

} // namespace detail

} // namespace troupe

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/member_bindings.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

/// Looking into plain aggregates, so that they can be sent without a line of boilerplate.
///
/// The number of members is found by asking how many initialisers the type accepts; their
/// references then come from a structured binding. Nothing of this happens at run time.
/// Limits: at most 32 members, 16,384 elements of C arrays, no base class, no bit-field, no anonymous union.

namespace troupe::detail {

inline constexpr std::size_t max_aggregate_members = 32;
// C arrays count once per element while initialisers are counted.
inline constexpr std::size_t max_aggregate_initializers = 16384; // 5 s of compiling

/// Stands for an initialiser of any type but `Aggregate` itself. Conversion is const while the
/// object is not, so that a constructor that takes anything (std::optional, std::any) wins.
template <class Aggregate>
struct any_initializer {
  template <class T>
  requires(!std::is_same_v<std::remove_cv_t<T>, Aggregate>) operator T() const noexcept;
};

/// Stands for a base class subobject of `Aggregate` and for nothing else.
template <class Aggregate>
struct any_base_initializer {
  template <class T>
  requires(std::is_base_of_v<T, Aggregate> && !std::is_same_v<std::remove_cv_t<T>, Aggregate>) operator T()
      const noexcept;
};

template <class T, std::size_t>
using any_initializer_at = any_initializer<T>;

template <class T, class Before, class After>
struct initializer_probe;

template <class T, std::size_t... before, std::size_t... after>
struct initializer_probe<T, std::index_sequence<before...>, std::index_sequence<after...>> {
  static constexpr bool plain = requires { T{any_initializer_at<T, before>{}...}; };
  static constexpr bool with_empty_braces = requires {
    T{any_initializer_at<T, before>{}..., {}, any_initializer_at<T, after>{}...};
  };
};

template <class T, std::size_t count>
inline constexpr bool accepts_initializers =
    initializer_probe<T, std::make_index_sequence<count>, std::index_sequence<>>::plain;

template <class T, std::size_t before, std::size_t after>
inline constexpr bool accepts_braces_at =
    initializer_probe<T, std::make_index_sequence<before>,
                      std::make_index_sequence<after>>::with_empty_braces;

/// The least number of initialisers T accepts: more than none when a member cannot be left out.
template <class T, std::size_t tried = 0>
constexpr std::size_t least_initializer_count() {
  if constexpr (accepts_initializers<T, tried> || tried > max_aggregate_members)
    return tried;
  else
    return least_initializer_count<T, tried + 1>();
}

/// Between a number that T accepts and a greater one that it does not: the greatest it accepts.
template <class T, std::size_t accepted, std::size_t refused>
constexpr std::size_t initializer_count_between() {
  constexpr auto middle = accepted + (refused - accepted) / 2;
  if constexpr (middle == accepted)
    return accepted;
  else if constexpr (accepts_initializers<T, middle>)
    return initializer_count_between<T, middle, refused>();
  else
    return initializer_count_between<T, accepted, middle>();
}

/// The greatest number of initialisers T accepts. Gallops, because C arrays can make it large.
template <class T, std::size_t accepted, std::size_t step = 1>
constexpr std::size_t initializer_count_from() {
  if constexpr (!accepts_initializers<T, accepted + step>)
    return initializer_count_between<T, accepted, accepted + step>();
  else if constexpr (accepted + step > max_aggregate_initializers)
    return accepted + step;
  else
    return initializer_count_from<T, accepted + step, 2 * step>();
}

/// Zero also when T accepts no number of initialisers at all: it has a reference among them.
template <class T>
inline constexpr std::size_t initializer_count = [] {
  constexpr auto least = least_initializer_count<T>();
  if constexpr (least > max_aggregate_members)
    return std::size_t{0};
  else
    return initializer_count_from<T, least>();
}();

/// The least share in (refused, accepted] for which the member that begins with initialiser `at`,
/// given empty braces, leaves a place for each of the others.
template <class T, std::size_t total, std::size_t at, std::size_t refused, std::size_t accepted>
constexpr std::size_t share_between() {
  constexpr auto middle = refused + (accepted - refused) / 2;
  if constexpr (middle == refused)
    return accepted;
  else if constexpr (accepts_braces_at<T, at, total - at - middle>)
    return share_between<T, total, at, refused, middle>();
  else
    return share_between<T, total, at, middle, accepted>();
}

/// The same, one by one: for when members behind it cannot be left out. 1 if there is none, and
/// then the member is a class without default constructor.
template <class T, std::size_t total, std::size_t at, std::size_t tried = 2>
constexpr std::size_t share_by_scan() {
  if constexpr (at + tried > total || tried > max_aggregate_members)
    return 1;
  else if constexpr (accepts_braces_at<T, at, total - at - tried>)
    return tried;
  else
    return share_by_scan<T, total, at, tried + 1>();
}

/// How many of `total` initialisers the member that begins with number `at` takes: more than one
/// when it is a C array, which swallows its whole share when it is given empty braces.
template <class T, std::size_t total, std::size_t at>
constexpr std::size_t initializers_of_member() {
  if constexpr (accepts_braces_at<T, at, total - at - 1>)
    return 1;
  else if constexpr (accepts_braces_at<T, at, 0>)
    return share_between<T, total, at, 1, total - at>();
  else
    return share_by_scan<T, total, at>();
}

template <class T, std::size_t total, std::size_t at = 0, std::size_t members = 0>
constexpr std::size_t member_count_from() {
  if constexpr (at >= total)
    return members;
  else
    return member_count_from<T, total, at + initializers_of_member<T, total, at>(), members + 1>();
}

/// The number of members of the aggregate T.
template <class T>
inline constexpr std::size_t member_count = member_count_from<T, initializer_count<T>>();

template <class T>
inline constexpr bool has_base_class = requires {
  T{any_base_initializer<T>{}};
};

/// A class without constructors, bases or private members that can be taken apart here.
template <class T>
concept plain_aggregate =
    std::is_class_v<T> && std::is_aggregate_v<T> && !has_base_class<T> &&
    (std::is_empty_v<T> || initializer_count<T> > 0) && initializer_count<T> <= max_aggregate_initializers &&
    member_count<T> <= max_aggregate_members;

/// Calls `visit` with a reference to each member of `value`, in order of declaration.
template <class T, class Visitor>
constexpr decltype(auto) visit_members(T& value, Visitor&& visit) {
  return visit_bindings<member_count<std::remove_const_t<T>>>(value, std::forward<Visitor>(visit));
}

template <class... Ts>
struct type_list {};

struct member_type_collector {
  template <class... Members>
  constexpr type_list<Members...> operator()(Members&...) const {
    return {};
  }
};

/// The types of T's members as a `type_list`.
template <class T>
using member_types = decltype(visit_members(std::declval<T&>(), std::declval<member_type_collector>()));

} // namespace troupe::detail

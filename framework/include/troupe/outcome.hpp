// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/exceptions.hpp>
#include <troupe/failure.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace troupe {

/// The result of one task: a value, or the reason why there is none.
///
/// `outcome<void>` has no value to give, but succeeds or fails in the same way.
///
/// Example:
///   outcome<int> o = …;
///   if (o)
///     use(o.value());
///   else
///     report(o.error());
template <class R>
class [[nodiscard]] outcome {
 public:
  using value_type = R;

  outcome(R value) : state_{std::in_place_index<0>, std::move(value)} {}
  outcome(failure why) : state_{std::in_place_index<1>, std::move(why)} {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value. Errors: throws the exception of the failure when there is none.
  R& value() & {
    check();
    return *std::get_if<0>(&state_);
  }
  const R& value() const& {
    check();
    return *std::get_if<0>(&state_);
  }
  R value() && {
    check();
    return std::move(*std::get_if<0>(&state_));
  }

  /// Why there is no value. Errors: `usage_error` when there is one.
  const failure& error() const {
    if (has_value())
      throw usage_error{"outcome::error() asked of a success"};
    return *std::get_if<1>(&state_);
  }

 private:
  void check() const {
    if (const auto* why = std::get_if<1>(&state_))
      why->rethrow();
  }

  std::variant<R, failure> state_;
};

/// The result of a task that returns nothing: it ended, or the reason why it did not.
template <>
class [[nodiscard]] outcome<void> {
 public:
  using value_type = void;

  outcome() = default;
  outcome(failure why) : why_{std::move(why)} {}

  bool has_value() const noexcept { return !why_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  /// Errors: throws the exception of the failure if there is one.
  void value() const {
    if (why_)
      why_->rethrow();
  }

  /// Why it failed. Errors: `usage_error` when it did not.
  const failure& error() const {
    if (!why_)
      throw usage_error{"outcome::error() asked of a success"};
    return *why_;
  }

 private:
  std::optional<failure> why_;
};

} // namespace troupe

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>
#include <typeinfo>

namespace troupe {
class remote_info_carrier;
}

namespace troupe::detail {

/// The exception being handled, looked at without copying it and without allocating.
///
/// REQUIRES: made inside a catch block, and not used after its end.
class current_exception {
 public:
  /// Longer texts are cut here.
  static constexpr std::size_t max_text_bytes = 64 * 1024;

  current_exception() noexcept;
  current_exception(const current_exception&) = delete;
  current_exception& operator=(const current_exception&) = delete;

  /// Null for an exception of another language.
  const std::type_info* type() const noexcept { return type_; }
  /// Null when it is not a `std::exception`.
  const std::exception* object() const noexcept { return object_; }
  /// Null when it was thrown in this process.
  const remote_info_carrier* carrier() const noexcept { return carrier_; }
  /// What it says; for a thrown string or int: that.
  std::string_view text() const noexcept { return text_; }

 private:
  void look_at(const std::exception& e) noexcept;

  const std::type_info* type_ = nullptr;
  const std::exception* object_ = nullptr;
  const remote_info_carrier* carrier_ = nullptr;
  std::string_view text_;
  std::array<char, 24> number_{};
};

/// The name of a type as it is written in source.
class readable_type_name {
 public:
  explicit readable_type_name(const std::type_info* type) noexcept;
  std::string_view view() const noexcept { return view_; }

 private:
  struct free_memory {
    void operator()(char* p) const noexcept { std::free(p); }
  };
  std::unique_ptr<char, free_memory> demangled_;
  std::string_view view_;
};

} // namespace troupe::detail

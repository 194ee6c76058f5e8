// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace troupe::detail {

/// The name in what a compiler says of a template with a parameter `method`:
/// "… [with auto method = &shop::counter::add]" (GCC), "… [method = &shop::counter::add]" (Clang).
constexpr std::string_view method_name_in(std::string_view text) {
  constexpr std::string_view before = "method = ";
  if (const auto at = text.find(before); at != text.npos)
    text.remove_prefix(at + before.size());
  text = text.substr(0, text.rfind(']'));
  if (const auto at = text.find('&'); at != text.npos)
    text.remove_prefix(at + 1);
  for (const std::string_view nameless : {"{anonymous}::", "(anonymous namespace)::"})
    if (const auto at = text.rfind(nameless); at != text.npos)
      text.remove_prefix(at + nameless.size());
  return text;
}

template <auto method>
consteval const char* spelled_by_compiler() {
  return __PRETTY_FUNCTION__;
}

/// A member function for people to read: "shop::counter::add".
template <auto method>
inline constexpr std::string_view method_name = method_name_in(spelled_by_compiler<method>());

} // namespace troupe::detail

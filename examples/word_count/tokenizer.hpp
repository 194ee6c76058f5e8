// SPDX-License-Identifier: BSD-3-Clause
//
// Finds identifiers, [A-Za-z_][A-Za-z0-9_]*, in a piece of text.

#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace word_count {

enum class letter : unsigned char { other, digit, start };

// A table, not std::isalpha: one load per character, and the same answer in every locale.
inline constexpr auto letters = [] {
  std::array<letter, 256> table{};
  for (unsigned char c = 'a'; c <= 'z'; ++c)
    table[c] = letter::start;
  for (unsigned char c = 'A'; c <= 'Z'; ++c)
    table[c] = letter::start;
  for (unsigned char c = '0'; c <= '9'; ++c)
    table[c] = letter::digit;
  table['_'] = letter::start;
  return table;
}();

constexpr letter letter_of(char c) { return letters[static_cast<unsigned char>(c)]; }

/// Calls `on_word` for each identifier that is known to be complete: one that touches the end of
/// the text is complete only if the text is the last. Returns where the incomplete one begins, or
/// the size of the text.
template <class OnWord>
std::size_t for_each_word(std::string_view text, bool last, OnWord on_word) {
  const auto kind = [&](std::size_t at) { return letter_of(text[at]); };
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && kind(at) != letter::start)
      ++at;
    const std::size_t begin = at;
    while (at < text.size() && kind(at) != letter::other)
      ++at;
    if (at == text.size() && !last)
      return begin;
    if (begin == text.size())
      return begin;
    on_word(text.substr(begin, at - begin));
  }
}

} // namespace word_count

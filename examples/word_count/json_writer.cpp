// SPDX-License-Identifier: BSD-3-Clause

#include "json_writer.hpp"

#include <cstdio>

namespace word_count {
namespace {

// The length of the UTF-8 sequence at the front, 0 if there is none. File names are any bytes;
// JSON is UTF-8.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length > text.size())
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80)
      return 0;
  if (length < 3)
    return length;
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate_or_beyond = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return overlong || surrogate_or_beyond ? 0 : length;
}

} // namespace

json_writer& json_writer::open(char bracket) {
  separate();
  text_ += bracket;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  text_ += bracket;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  value(name);
  text_ += ':';
  return *this;
}

json_writer& json_writer::value(double number) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.6g", number);
  return raw(digits);
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  text_ += '"';
  while (!text.empty()) {
    const auto front = static_cast<unsigned char>(text[0]);
    const std::size_t length = utf8_length(text);
    if (front < 0x20 || front == '"' || front == '\\') {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(front));
      text_ += escape;
    } else if (length == 0) {
      text_ += "\\ufffd";
    } else {
      text_ += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  text_ += '"';
  return *this;
}

json_writer& json_writer::raw(std::string_view text) {
  separate();
  text_ += text;
  return *this;
}

void json_writer::separate() {
  const char last = text_.empty() ? '{' : text_.back();
  if (last != '{' && last != '[' && last != ':')
    text_ += ',';
}

} // namespace word_count

// SPDX-License-Identifier: BSD-3-Clause
//
// As much of JSON as a report needs.

#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace word_count {

class json_writer {
 public:
  json_writer& open(char bracket);  // { or [
  json_writer& close(char bracket); // } or ]
  json_writer& key(std::string_view name);

  json_writer& value(std::string_view text);
  json_writer& value(double number);
  json_writer& value(std::integral auto number) { return raw(std::to_string(number)); }
  json_writer& null() { return raw("null"); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  json_writer& raw(std::string_view text);
  void separate();

  std::string text_;
};

} // namespace word_count

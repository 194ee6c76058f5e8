// SPDX-License-Identifier: BSD-3-Clause
#include "actor/trace_event.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

// As it is written, without the quotation marks.
std::string written(const std::string& name) {
  std::string line;
  troupe::detail::append_name(line, 1, 2, "thread_name", name);
  const std::string before = R"("args":{"name":")";
  const auto begin = line.find(before) + before.size();
  return line.substr(begin, line.rfind("\"}},") - begin);
}

} // namespace

TEST_CASE("a name in UTF-8 stays as it is in a trace") {
  for (const std::string name : {"", "plain", "J\xc3\xbcrgen", "\xe5\x8a\x87\xe5\x9b\xa3", "\xf0\x9f\x8e\xad",
                                 "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                                 "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(name);
    CHECK(written(name) == name);
  }
}

TEST_CASE("a byte of a name that is no UTF-8 is replaced in a trace, and no other") {
  const std::string replaced = "\\ufffd";
  for (const std::string bytes :
       {"\xff", "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc3", "\xe5\x8a", "\xf0\x9f\x8e"}) {
    std::string each;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      each += replaced;
    CAPTURE(bytes);
    CHECK(written(bytes) == each);
    CHECK(written("a" + bytes + "b") == "a" + each + "b");
  }
}

TEST_CASE("what would end a text, or a line, is escaped in a trace") {
  CHECK(written("a\"b\\c}d\ne\x7f") == R"(a\u0022b\u005cc\u007dd\u000ae\u007f)");
}

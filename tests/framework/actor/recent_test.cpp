// SPDX-License-Identifier: BSD-3-Clause
#include "actor/recent.hpp"

#include <catch2/catch.hpp>

#include <string>

using troupe::detail::recent;

TEST_CASE("what was noted last is kept, whatever its key") {
  recent<int, std::string> notes{2};
  notes.note(7, "seven");
  notes.note(9, "nine");
  notes.note(1, "one"); // the lowest, and the latest
  CHECK_FALSE(notes.find(7));
  REQUIRE(notes.find(9));
  CHECK(*notes.find(9) == "nine");
  REQUIRE(notes.find(1));
  CHECK(*notes.find(1) == "one");
}

TEST_CASE("the first note counts") {
  recent<int, std::string> notes{2};
  notes.note(1, "first");
  notes.note(1, "second");
  notes.note(2, "other");
  REQUIRE(notes.find(1));
  CHECK(*notes.find(1) == "first");
}

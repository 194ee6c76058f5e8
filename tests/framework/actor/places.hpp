// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/in_runtime.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace test_support {

/// Runs `body(runtime, place)` for an actor of this process, and for one in a process of its own: nobody who uses
/// it should see a difference.
template <class Body>
void in_both_places(Body&& body) {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    in_runtime(20s,
               [&](troupe::runtime& rt) { body(rt, apart ? troupe::own_process : troupe::this_process); });
  }
}

/// What the exception says that `get` throws. Another than an E goes on.
template <class E, class R>
std::string text_of_failure(troupe::reply<R>& answer) {
  try {
    static_cast<void>(answer.get(10s));
  } catch (const E& e) {
    return e.what();
  }
  return "nothing was thrown";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// An actor of this process to which others write what happens to them.
class notebook final : public troupe::actor {
 public:
  void note(std::string line) { lines_.push_back(std::move(line)); }
  std::vector<std::string> lines() const { return lines_; }
  long count(const std::string& line) const { return std::count(lines_.begin(), lines_.end(), line); }

 private:
  std::vector<std::string> lines_;
};

} // namespace test_support

// SPDX-License-Identifier: BSD-3-Clause
// expect: a std::string_view does not own its text: send a std::string
#include <troupe/actor.hpp>

#include <string_view>

class account : public troupe::actor {
 public:
  std::string_view owner() const { return "nobody"; }
};

void ask(const troupe::actor_ref<account>& ref) { static_cast<void>(ref.ask<&account::owner>()); }

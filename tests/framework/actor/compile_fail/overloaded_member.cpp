// SPDX-License-Identifier: BSD-3-Clause
// expect: overloaded. troupe::overload<int>
#include <troupe/actor.hpp>

class store : public troupe::actor {
 public:
  void put(int) {}
  void put(const std::string&) {}
};

void call(const troupe::actor_ref<store>& ref) { ref.tell<&store::put>(5); }

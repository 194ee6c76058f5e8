// SPDX-License-Identifier: BSD-3-Clause
// expect: let it take T, const T& or something T converts to
#include <troupe/actor.hpp>

#include <string>

class member : public troupe::actor {
 public:
  void on_post(const std::string& text) { static_cast<void>(text); }
};

void join(const troupe::topic<int>& numbers, const troupe::actor_ref<member>& ref) {
  numbers.subscribe<&member::on_post>(ref);
}

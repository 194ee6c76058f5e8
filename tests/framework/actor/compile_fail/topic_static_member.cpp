// SPDX-License-Identifier: BSD-3-Clause
// expect: a topic calls a member function of the subscriber's class
#include <troupe/actor.hpp>

class member : public troupe::actor {
 public:
  static void on_post(int post) { static_cast<void>(post); }
};

void join(const troupe::topic<int>& room, const troupe::actor_ref<member>& ref) {
  room.subscribe<&member::on_post>(ref);
}

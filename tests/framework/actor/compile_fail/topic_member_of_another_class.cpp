// SPDX-License-Identifier: BSD-3-Clause
// expect: ref must refer to an A: an actor_ref<A>, one of a class derived from A, or self
#include <troupe/actor.hpp>

class member : public troupe::actor {
 public:
  void on_post(int post) { last_ = post; }

 private:
  int last_ = 0;
};
class visitor : public troupe::actor {};

void join(const troupe::topic<int>& room, const troupe::actor_ref<visitor>& ref) {
  room.subscribe<&member::on_post>(ref);
}

// SPDX-License-Identifier: BSD-3-Clause
// expect: this member function is not one of the actor's class
#include <troupe/actor.hpp>

class account : public troupe::actor {
 public:
  long balance() const { return 0; }
};
class customer : public troupe::actor {
 public:
  long age() const { return 0; }
};

void ask(const troupe::actor_ref<account>& ref) { ref.ask<&customer::age>().get(); }

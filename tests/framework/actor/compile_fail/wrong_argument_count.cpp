// SPDX-License-Identifier: BSD-3-Clause
// expect: this member function of the actor takes another number of arguments
#include <troupe/actor.hpp>

class account : public troupe::actor {
 public:
  void deposit(long amount) { static_cast<void>(amount); }
};

void ask(const troupe::actor_ref<account>& ref) { ref.tell<&account::deposit>(); }

// SPDX-License-Identifier: BSD-3-Clause
// expect: an argument cannot be converted to the type of the member function's parameter
#include <troupe/actor.hpp>

class account : public troupe::actor {
 public:
  void deposit(long amount) { static_cast<void>(amount); }
};

void ask(const troupe::actor_ref<account>& ref) { ref.tell<&account::deposit>("a hundred"); }

// SPDX-License-Identifier: BSD-3-Clause
// expect: this is a static member or a free function: it needs no actor
#include <troupe/actor.hpp>

class account : public troupe::actor {
 public:
  static void audit(int year) { static_cast<void>(year); }
};

void tell(const troupe::actor_ref<account>& ref) { ref.tell<&account::audit>(1999); }

// SPDX-License-Identifier: BSD-3-Clause
// expect: a raw pointer means nothing in another process
#include <troupe/actor.hpp>

class account : public troupe::actor {
 public:
  void copy_to(long* balance) const { *balance = 0; }
};

void ask(const troupe::actor_ref<account>& ref, long* balance) { ref.tell<&account::copy_to>(balance); }

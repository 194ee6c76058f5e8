// SPDX-License-Identifier: BSD-3-Clause
// expect: this member function returns a task or a promise inside another: co_await the inner one
#include <troupe/actor.hpp>

class account : public troupe::actor {
 public:
  troupe::task<int> balance() { co_return 1; }
  troupe::task<troupe::task<int>> balance_later() { co_return balance(); }
};

void ask(const troupe::actor_ref<account>& ref) { static_cast<void>(ref.ask<&account::balance_later>()); }

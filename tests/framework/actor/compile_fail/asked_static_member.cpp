// SPDX-License-Identifier: BSD-3-Clause
// expect: this is a static member or a free function: it needs no actor
#include <troupe/actor.hpp>

class account : public troupe::actor {
 public:
  static int auditors(int year) { return year % 7; }
};

int ask(const troupe::actor_ref<account>& ref) { return ref.ask<&account::auditors>(1999).get(); }

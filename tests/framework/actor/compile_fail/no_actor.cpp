// SPDX-License-Identifier: BSD-3-Clause
// expect: A must be derived from troupe::actor, publicly
#include <troupe/actor.hpp>

class account {
 public:
  long balance() const { return 0; }
};

void start(troupe::runtime& rt) { rt.spawn<account>(); }

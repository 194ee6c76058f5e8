// SPDX-License-Identifier: BSD-3-Clause
// expect: A has a pure virtual member: it cannot be made
#include <troupe/actor.hpp>

class shape : public troupe::actor {
 public:
  virtual double area() const = 0;
};

void start(troupe::runtime& rt) { rt.spawn<shape>(); }

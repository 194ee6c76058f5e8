// SPDX-License-Identifier: BSD-3-Clause
// expect: A has no public constructor that takes these arguments
#include <troupe/actor.hpp>

class account : public troupe::actor {
 public:
  explicit account(long balance) : balance_{balance} {}
  long balance() const { return balance_; }

 private:
  long balance_;
};

void start(troupe::runtime& rt) { rt.spawn<account>("a hundred"); }

// SPDX-License-Identifier: BSD-3-Clause
// expect: give it a serialize\(\) member
#include <troupe/codec.hpp>

#include <vector>

class account {
 public:
  explicit account(long balance) : balance_{balance} {}

 private:
  long balance_;
};

void send(troupe::detail::byte_writer& out, const std::vector<account>& accounts) {
  troupe::detail::encode(out, accounts);
}

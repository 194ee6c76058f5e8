// SPDX-License-Identifier: BSD-3-Clause
// expect: can be sent but not received: it has no default constructor
#include <troupe/codec.hpp>

class ticket {
 public:
  explicit ticket(int number) : number_{number} {}
  template <class Archive>
  void serialize(Archive& archive) {
    archive(number_);
  }

 private:
  int number_;
};

ticket receive(troupe::detail::byte_reader& in) { return troupe::detail::decode<ticket>(in); }

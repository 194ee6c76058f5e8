// SPDX-License-Identifier: BSD-3-Clause
// expect: this exception cannot be rebuilt in another process
#include <troupe/error.hpp>

class odd_error : public std::exception {
 public:
  explicit odd_error(int code) : code_{code} {}

 private:
  int code_;
};

const bool registered = troupe::register_exception<odd_error>("odd_error");

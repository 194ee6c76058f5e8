// SPDX-License-Identifier: BSD-3-Clause
// expect: give this type a move or copy constructor
#include <troupe/troupe.hpp>

class pinned {
 public:
  explicit pinned(int v = 0) : value_{v} {}
  pinned(const pinned&) = delete;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(value_);
  }

 private:
  int value_;
};

int value_of(const pinned&) { return 0; }

int call(troupe::pool& pool, const pinned& p) { return pool.apply(value_of, p); }

// SPDX-License-Identifier: BSD-3-Clause
//
// The programs of the Savina suite (Imam and Sarkar, 2014) run inside one process, or, with --apart, across two.

#pragma once

#include "bench.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace bench {

/// Where the next actor goes: into this process; or, with --apart on the command line, into two worker processes in
/// turn.
class places {
 public:
  places(troupe::runtime& rt, int argc, char** argv)
      : apart_{
            std::any_of(argv, argv + argc, [](const char* a) { return std::string_view{a} == "--apart"; })} {
    if (apart_)
      for (auto& anchor : anchors_)
        anchor = rt.spawn<settler>({.place = troupe::own_process});
  }

  troupe::placement next() {
    return apart_ ? beside(anchors_[taken_++ % anchors_.size()]) : troupe::this_process;
  }

 private:
  class settler : public troupe::actor {};

  bool apart_;
  std::array<troupe::actor_ref<settler>, 2> anchors_; // each in a worker process
  std::size_t taken_ = 0;
};

} // namespace bench

// SPDX-License-Identifier: BSD-3-Clause
#include "process/clone.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <thread>

TEST_CASE("a program with a second thread is told from one without, also while others leave") {
  using troupe::detail::single_threaded;
  CHECK(single_threaded());
  {
    std::promise<void> over;
    std::jthread second{[&] { over.get_future().wait(); }};
    int wrong = 0;
    for (int i = 0; i < 200; ++i) {
      std::thread{[] {}}.detach(); // leaves meanwhile
      wrong += single_threaded();
    }
    over.set_value();
    CHECK(wrong == 0);
  }
}

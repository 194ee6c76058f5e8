// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/crash_report.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using troupe::detail::duration_text;

TEST_CASE("times are written with about three digits, and never with an exponent") {
  CHECK(duration_text(500ns) == "0.5 us");
  CHECK(duration_text(50ms) == "50 ms");
  CHECK(duration_text(999'700us) == "1000 ms");
  CHECK(duration_text(1234ms) == "1.23 s");
  CHECK(duration_text(60s) == "60 s");
  CHECK(duration_text(1h) == "3600 s");
  CHECK(duration_text(24h * 365) == "31536000 s");
}

TEST_CASE("an event says in one line what happened") {
  using kind = troupe::supervision_event::kind;
  CHECK(to_string(troupe::supervision_event{
            .what = kind::child_ended,
            .supervisor = "shop",
            .child = "db",
            .reason = {.kind = troupe::exit_kind::process_lost, .signal = 9, .pid = 4711}}) ==
        "supervisor shop: db ended: process 4711 killed by SIGKILL");
  CHECK(
      to_string(troupe::supervision_event{
          .what = kind::child_restarting, .supervisor = "shop", .child = "db", .attempt = 2, .delay = 1h}) ==
      "supervisor shop: db is restarted in 3600 s, restart 2 of the period");
}

// SPDX-License-Identifier: BSD-3-Clause
//
// What the user asked for on the command line.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace word_count {

struct options {
  std::string directory = "/usr/include";
  unsigned workers = 0;                           // 0 = one per cpu
  std::optional<std::chrono::milliseconds> chaos; // kill a worker each time this has passed
  bool json = false;
  bool check = false;
};

// The program is to end at once: a text for the user and an exit code.
struct early_exit {
  std::string text;
  int code;
};

/// Reads the command line. Asks nothing of the world but whether the directory is there.
[[nodiscard]] std::variant<options, early_exit> parse_options(int argc, char** argv);

} // namespace word_count

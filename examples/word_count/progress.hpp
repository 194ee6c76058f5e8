// SPDX-License-Identifier: BSD-3-Clause
//
// Shows on standard error how far the job is: a bar on a terminal, else a line now and then.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace word_count {

class progress_display {
 public:
  progress_display(std::size_t files, std::uint64_t bytes);
  ~progress_display(); // takes the bar away
  progress_display(const progress_display&) = delete;
  progress_display& operator=(const progress_display&) = delete;

  void add(std::size_t files, std::uint64_t bytes);

 private:
  using clock = std::chrono::steady_clock;
  void draw_bar(unsigned percent);

  const std::size_t all_files_;
  const std::uint64_t all_bytes_;
  const bool terminal_;
  const clock::time_point start_ = clock::now();
  std::size_t files_ = 0;
  std::uint64_t bytes_ = 0;
  clock::time_point next_bar_ = start_;
  unsigned next_line_percent_ = 25;
};

} // namespace word_count

// SPDX-License-Identifier: BSD-3-Clause

#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include <unistd.h>

namespace word_count {
namespace {

constexpr unsigned bar_width = 30;
constexpr auto bar_period = std::chrono::milliseconds{50}; // drawing must not cost what it shows
constexpr unsigned line_step_percent = 25;

} // namespace

progress_display::progress_display(std::size_t files, std::uint64_t bytes)
    : all_files_{files}, all_bytes_{bytes}, terminal_{::isatty(STDERR_FILENO) == 1} {}

progress_display::~progress_display() {
  if (terminal_)
    std::fprintf(stderr, "\r\033[K");
}

void progress_display::add(std::size_t files, std::uint64_t bytes) {
  files_ += files;
  bytes_ += bytes;
  const auto percent =
      all_bytes_ == 0 ? 100U : static_cast<unsigned>(std::min<std::uint64_t>(100, bytes_ * 100 / all_bytes_));
  if (terminal_) {
    if (clock::now() < next_bar_)
      return;
    next_bar_ = clock::now() + bar_period;
    draw_bar(percent);
  } else if (percent >= next_line_percent_) {
    std::fprintf(stderr, "%u %%: %zu of %zu files\n", percent, files_, all_files_);
    next_line_percent_ = percent - percent % line_step_percent + line_step_percent;
  }
}

void progress_display::draw_bar(unsigned percent) {
  const unsigned filled = percent * bar_width / 100;
  const std::string bar = std::string(filled, '#') + std::string(bar_width - filled, '.');
  const double seconds = std::chrono::duration<double>(clock::now() - start_).count();
  const double rate = static_cast<double>(bytes_) / 1e6 / std::max(seconds, 1e-3);
  std::fprintf(stderr, "\r[%s] %3u %%  %zu of %zu files  %.0f MB/s\033[K", bar.c_str(), percent, files_,
               all_files_, rate);
}

} // namespace word_count

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <iostream>
#include <mutex>
#include <sstream>
#include <streambuf>
#include <string>

namespace test_support {

/// What is written to std::cerr while it lives, by any thread. Made before the runtime.
class log_text final : std::streambuf {
 public:
  log_text() : before_{std::cerr.rdbuf(this)} {}
  log_text(const log_text&) = delete;
  log_text& operator=(const log_text&) = delete;
  ~log_text() override { std::cerr.rdbuf(before_); }

  std::string text() const {
    std::lock_guard lock{mutex_};
    return text_;
  }
  bool has(const std::string& part) const { return text().find(part) != std::string::npos; }
  int lines_with(const std::string& part) const {
    std::istringstream all{text()};
    int count = 0;
    for (std::string line; std::getline(all, line);)
      count += line.find(part) != std::string::npos;
    return count;
  }

 private:
  std::streamsize xsputn(const char* from, std::streamsize count) override {
    std::lock_guard lock{mutex_};
    text_.append(from, static_cast<std::size_t>(count));
    return count;
  }
  int overflow(int c) override {
    std::lock_guard lock{mutex_};
    text_ += static_cast<char>(c);
    return c;
  }

  mutable std::mutex mutex_; // guards text_
  std::string text_;
  std::streambuf* before_;
};

} // namespace test_support

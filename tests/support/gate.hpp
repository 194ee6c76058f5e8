// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/callable.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace test_support {

/// Holds a task back until the test lets it through: a FIFO that the task waits to read from.
class gate {
 public:
  gate() { REQUIRE(::mkfifo(path_.c_str(), 0600) == 0); }
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;
  ~gate() {
    ::unlink(path_.c_str());
    ::unlink(entered_.c_str());
  }

  /// Somebody waits at it.
  bool is_entered() const { return ::access(entered_.c_str(), F_OK) == 0; }

  /// The function whose call with 0 waits.
  auto first_held() const { return troupe::bind_front(pass, path_); }
  /// Waits for somebody to let through.
  void open() { ::close(::open(path_.c_str(), O_WRONLY | O_CLOEXEC)); }

 private:
  static int pass(const std::string& path, int x) {
    if (x != 0)
      return x;
    ::close(::open((path + ".entered").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ::close(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return x;
  }
  static inline int made_ = 0;
  std::string path_ = "/tmp/troupe-gate-" + std::to_string(::getpid()) + '-' + std::to_string(++made_);
  std::string entered_ = path_ + ".entered";
};

} // namespace test_support

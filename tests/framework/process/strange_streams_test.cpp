// SPDX-License-Identifier: BSD-3-Clause
// Standard streams and descriptors that are not what one is used to.
#include "framework/process/process_fixture.hpp"
#include "support/in_runtime.hpp"

#include "link/shared_mapping.hpp"
#include "process/stderr_tail.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace troupe::test_support;
using troupe::detail::descriptor;
using troupe::detail::stderr_tail;

namespace {

int square(int x) { return x * x; }

/// Puts another file in the place of our stderr for as long as it lives.
class other_stderr {
 public:
  explicit other_stderr(int fd) : own_{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)} {
    ::dup2(fd, STDERR_FILENO);
  }
  other_stderr(const other_stderr&) = delete;
  other_stderr& operator=(const other_stderr&) = delete;
  ~other_stderr() { ::dup2(own_.get(), STDERR_FILENO); }

 private:
  descriptor own_;
};

struct terminal {
  terminal() : outer{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)} {
    REQUIRE(::grantpt(outer.get()) == 0);
    REQUIRE(::unlockpt(outer.get()) == 0);
    inner = descriptor{::open(::ptsname(outer.get()), O_RDWR | O_NOCTTY | O_CLOEXEC)};
    REQUIRE(inner);
  }
  descriptor outer;
  descriptor inner;
};

// Through an open file of its own: the terminal's other users are left as they are.
void fill(const terminal& t) {
  const descriptor writer{::open(::ptsname(t.outer.get()), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
  const std::string text(512, 'x');
  while (::write(writer.get(), text.data(), text.size()) > 0) {
  }
  while (::write(writer.get(), "x", 1) > 0) {
  }
}

bool polls_writable(int fd) {
  pollfd p{fd, POLLOUT, 0};
  return ::poll(&p, 1, 0) == 1;
}

std::string link_of(int fd) {
  std::array<char, 256> text{};
  const auto n = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), text.data(), text.size());
  return n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : std::string{};
}

constexpr const char* last_words = "these are my last words\n";
void say_much_and_die() {
  for (int i = 0; i < 8; ++i)
    std::fprintf(stderr, "%04000d\n", 0); // as many zeros
  std::fputs(last_words, stderr);
  ::_exit(3);
}

bool opened_in_worker_is_ours(int number) { return link_of(number) == "/dev/null"; }

} // namespace

TEST_CASE("a terminal that takes little at a time holds up nobody") {
  within(20s, [] {
    const terminal t;
    fill(t);
    std::array<char, 64> taken{};
    REQUIRE(::read(t.outer.get(), taken.data(), taken.size()) > 0);
    REQUIRE(eventually(5s, [&] { return polls_writable(t.inner.get()); }));
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    const descriptor child_end{pipe[1]};
    std::string text(4001, 'y');
    text.back() = '\n';
    REQUIRE(::write(child_end.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    stderr_tail tail{descriptor{pipe[0]}};
    {
      const other_stderr in_its_place{t.inner.get()};
      CHECK(tail.pump() == stderr_tail::state::stalled);
    }
    CHECK(tail.last_lines() == text);
    // The rest comes when there is room again, and nothing is lost.
    std::string seen;
    const other_stderr in_its_place{t.inner.get()};
    ::fcntl(t.outer.get(), F_SETFL, O_NONBLOCK);
    for (int rounds = 0; rounds < 1000 && !seen.ends_with('\n'); ++rounds) {
      std::array<char, 4096> chunk{};
      for (ssize_t n = 0; (n = ::read(t.outer.get(), chunk.data(), chunk.size())) > 0;)
        seen.append(chunk.data(), static_cast<std::size_t>(n));
      tail.pump();
    }
    const auto count = static_cast<std::size_t>(std::count(seen.begin(), seen.end(), 'y'));
    CHECK(count == 4000);
  });
}

TEST_CASE(
    "the last words of a worker are in the report of its death, and come when our stderr takes them again") {
  in_runtime(20s, [](troupe::runtime& rt) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    const descriptor reader{pipe[0]};
    const descriptor writer{pipe[1]};
    const std::string block(4096, 'x');
    while (::write(writer.get(), block.data(), block.size()) > 0) {
    }
    const other_stderr in_its_place{writer.get()};
    std::string reported;
    troupe::pool pool{rt, {.processes = 1}};
    try {
      pool.apply(say_much_and_die);
    } catch (const troupe::worker_lost& e) {
      reported = e.stderr_tail();
    }
    std::string seen;
    eventually(5s, [&] {
      std::array<char, 4096> chunk{};
      for (ssize_t n = 0; (n = ::read(reader.get(), chunk.data(), chunk.size())) > 0;)
        seen.append(chunk.data(), static_cast<std::size_t>(n));
      return seen.ends_with(last_words);
    });
    CHECK(reported.ends_with(last_words));
    CHECK(seen.ends_with(last_words));
    CHECK(std::count(seen.begin(), seen.end(), '0') == 8 * 4000);
  });
}

// The file is there when the helper begins, before it has anything to do with us.
TEST_CASE("the numbers of the program's open files are not used for anything else in a worker") {
  const descriptor file{::open("/proc/self/status", O_RDONLY | O_CLOEXEC)};
  const descriptor low{::fcntl(file.get(), F_DUPFD, 3)};
  const descriptor far{::fcntl(file.get(), F_DUPFD, 200)};
  helper_program helper{"[.files]",
                        {"TEST_FILES=" + std::to_string(low.get()) + ' ' + std::to_string(far.get())}};
  CHECK(helper.numbers_after("ours:") == std::vector<pid_t>{1, 1});
  CHECK(helper.wait_ended() == 0);
}

TEST_CASE("has open files", "[.files]") {
  std::istringstream numbers{std::getenv("TEST_FILES")};
  troupe::runtime rt{0, nullptr};
  troupe::pool pool{rt, {.processes = 1}};
  std::cout << "ours:";
  for (int number = 0; numbers >> number;)
    std::cout << ' ' << pool.apply(opened_in_worker_is_ours, number);
  std::cout << std::endl;
}

TEST_CASE("a program without standard streams works, and what it writes there goes nowhere else") {
  helper_program helper{"[.streams]", {}, {STDIN_FILENO, STDERR_FILENO}};
  CHECK(helper.numbers_after("right:") == std::vector<pid_t>{20});
  CHECK(helper.wait_ended() == 0);
}

TEST_CASE("has no streams", "[.streams]") {
  troupe::runtime rt{0, nullptr};
  troupe::pool pool{rt, {.processes = 2}};
  int right = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string text(200, 'x');
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    right += pool.map(square, {1, 2, 3}) == std::vector<int>{1, 4, 9} ? 1 : 0;
  }
  std::cout << "right: " << right << std::endl;
}

TEST_CASE("shared memory is left out of core dumps") {
  const auto mapping = troupe::detail::shared_mapping::create("troupe-dump-test", 1 << 20);
  std::ifstream all{"/proc/self/smaps"};
  bool found = false;
  bool ours = false;
  for (std::string line; std::getline(all, line);) {
    if (line.find("memfd:troupe-dump-test") != std::string::npos)
      ours = true;
    if (ours && line.starts_with("VmFlags:")) {
      found = line.find(" dd") != std::string::npos;
      break;
    }
  }
  CHECK(found);
}

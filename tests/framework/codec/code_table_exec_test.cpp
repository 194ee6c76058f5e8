// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/code_table.hpp>
#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

using troupe::detail::code_table;

// A process made by exec has the program at other addresses (unless the system does not randomise
// them): this program runs itself again, with the hidden test case below as the other side.

namespace {

constexpr std::size_t capacity = 4;
constexpr const char* fd_variable = "TROUPE_TEST_CODE_TABLE_FD";

int triple(int x) { return 3 * x; }

std::span<std::byte> map(int fd, int protection) {
  constexpr auto size = code_table::region_bytes(capacity);
  void* memory = ::mmap(nullptr, size, protection, MAP_SHARED, fd, 0);
  REQUIRE(memory != MAP_FAILED);
  return {static_cast<std::byte*>(memory), size};
}

/// The status this program ends with when it runs the other side.
int run_other_side(int fd) {
  ::setenv(fd_variable, std::to_string(fd).c_str(), 1);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::execl("/proc/self/exe", "other side", "[code_table_other_side]", nullptr);
    ::_exit(127);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

} // namespace

TEST_CASE("a function is found in a process that runs the same program at other addresses") {
  const int fd = ::memfd_create("code_table", 0); // without MFD_CLOEXEC: the other side needs it
  REQUIRE(::ftruncate(fd, code_table::region_bytes(capacity)) == 0);
  code_table table{map(fd, PROT_READ | PROT_WRITE), true};
  CHECK(table.intern(reinterpret_cast<const void*>(&triple)) == 0);
  CHECK(run_other_side(fd) == 0);
  ::close(fd);
}

TEST_CASE("the other side: finds the function", "[.][code_table_other_side]") {
  const char* fd = std::getenv(fd_variable);
  REQUIRE(fd);
  const code_table table{map(std::atoi(fd), PROT_READ), false};
  CHECK(table.resolve(0) == reinterpret_cast<const void*>(&triple));
}

// SPDX-License-Identifier: BSD-3-Clause
// What a supervisor learns of the end of a child process.
#include "framework/process/process_fixture.hpp"

#include <troupe/detail/code_table.hpp>
#include <troupe/process.hpp>

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstring>
#include <iostream>

using namespace troupe::test_support;

namespace {

enum class ending { returns, exits, leaves_at_once, throws, aborts, kills_itself, overflows };

int end_as_told(child_context&, byte_reader& in) {
  switch (in.get<ending>()) {
    case ending::returns:
      return 7;
    case ending::exits:
      std::exit(8);
    case ending::leaves_at_once:
      ::_exit(9);
    case ending::throws:
      throw std::runtime_error{"the entry failed"};
    case ending::aborts:
      std::abort();
    case ending::kills_itself:
      ::raise(SIGKILL);
      break;
    case ending::overflows:
      *static_cast<volatile int*>(nullptr) = 1;
      break;
  }
  return 0;
}

std::shared_ptr<const troupe::detail::process_exit> end_of(troupe::runtime& rt, ending how) {
  auto c = node::of(rt).start_child({"ends"}, end_as_told, [&](byte_writer& w) { w.put(how); });
  return c.wait_ended(deadline_after(20s)) ? c.exit() : nullptr;
}

int write_to_stderr(child_context&, byte_reader&) {
  for (int i = 0; i < 2000; ++i)
    std::fprintf(stderr, "line %d\n", i);
  std::fputs("the last words\n", stderr);
  std::abort();
}

int touch_memory(child_context&, byte_reader& in) {
  const auto size_bytes = in.get<std::size_t>();
  std::vector<char> memory(size_bytes);
  std::memset(memory.data(), 1, size_bytes);
  return memory[size_bytes / 2];
}

int wait_for_ever(child_context& context, byte_reader&) { return context.serve(); }

int sum_of_arguments(child_context&, byte_reader& in) {
  std::uint32_t sum = 0;
  while (in.remaining() > 0)
    sum += in.get<std::uint8_t>();
  return static_cast<int>(sum % 251);
}

} // namespace

TEST_CASE("the exit code of a child is what its entry returned or exited with") {
  troupe::runtime rt{0, nullptr};
  const std::vector<std::pair<ending, int>> table{
      {ending::returns, 7}, {ending::exits, 8}, {ending::leaves_at_once, 9}, {ending::throws, 1}};
  for (auto [how, code] : table) {
    auto exit = end_of(rt, how);
    REQUIRE(exit);
    CHECK(exit->code == code);
    CHECK_FALSE(exit->signal);
    CHECK(exit->name == "ends");
  }
}

TEST_CASE("the signal that ended a child is known") {
  troupe::runtime rt{0, nullptr};
  const std::vector<std::pair<ending, int>> table{
      {ending::aborts, SIGABRT}, {ending::kills_itself, SIGKILL}, {ending::overflows, SIGSEGV}};
  for (auto [how, signal] : table) {
    auto exit = end_of(rt, how);
    REQUIRE(exit);
    CHECK_FALSE(exit->code);
    CHECK(exit->signal == signal);
    CHECK_FALSE(exit->hung);
    CHECK_FALSE(exit->out_of_memory);
  }
}

TEST_CASE("a function that can do nothing but crash is not optimised away") {
  troupe::runtime rt{0, nullptr};
  troupe::process p{rt, [] {
                      volatile int* nowhere = nullptr;
                      *nowhere = 1;
                    }};
  p.start();
  p.join();
  CHECK(p.exitcode() == -SIGSEGV);
}

TEST_CASE("the text of an exception that leaves an entry is in the report") {
  troupe::runtime rt{0, nullptr};
  auto exit = end_of(rt, ending::throws);
  REQUIRE(exit);
  CHECK_THAT(exit->stderr_tail, Catch::Contains("the entry failed") && Catch::Contains("ends"));
}

TEST_CASE("the last lines a child wrote to stderr are kept, whole, and no more than a few KiB") {
  troupe::runtime rt{0, nullptr};
  auto c = node::of(rt).start_child({"writes"}, write_to_stderr, no_arguments);
  REQUIRE(c.wait_ended(deadline_after(20s)));
  const auto& tail = c.exit()->stderr_tail;
  CHECK_THAT(tail, Catch::EndsWith("line 1999\nthe last words\n") && Catch::StartsWith("line "));
  CHECK(tail.size() > 1000);
  CHECK(tail.size() <= 4096);
}

TEST_CASE("the peak memory of a child is reported") {
  troupe::runtime rt{0, nullptr};
  auto peak = [&](std::size_t size_bytes) {
    auto c = node::of(rt).start_child({}, touch_memory, [&](byte_writer& w) { w.put(size_bytes); });
    return c.wait_ended(deadline_after(20s)) ? c.exit()->peak_memory_bytes : 0;
  };
  const auto little = peak(1000);
  CHECK(little > 100'000);
  CHECK(peak(100 << 20) > little + (90 << 20));
}

TEST_CASE("a child that is killed ends within milliseconds, and again harms nobody") {
  troupe::runtime rt{0, nullptr};
  auto c = node::of(rt).start_child({}, wait_for_ever, no_arguments);
  CHECK_FALSE(c.ended());
  CHECK_FALSE(c.exit());
  CHECK_FALSE(c.wait_ended(deadline_after(5ms)));
  c.kill(SIGTERM);
  REQUIRE(c.wait_ended(deadline_after(20s)));
  CHECK(c.exit()->signal == SIGTERM);
  c.kill(SIGKILL);
  c.request_stop();
  CHECK(c.exit()->signal == SIGTERM);
}

TEST_CASE("a child that serves ends when it is asked to") {
  troupe::runtime rt{0, nullptr};
  auto c = node::of(rt).start_child({}, wait_for_ever, no_arguments);
  c.request_stop();
  REQUIRE(c.wait_ended(deadline_after(20s)));
  CHECK(c.exit()->code == 0);
}

TEST_CASE("arguments of any size reach the entry") {
  for (auto method : {troupe::start_method::fork_server, troupe::start_method::spawn}) {
    troupe::runtime rt{0, nullptr, {.start = method}};
    for (std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{40'000}, std::size_t{1} << 20}) {
      const std::vector<std::uint8_t> bytes(size, 3);
      auto c =
          node::of(rt).start_child({}, sum_of_arguments, [&](byte_writer& w) { w.put(bytes.data(), size); });
      REQUIRE(c.wait_ended(deadline_after(20s)));
      CHECK(c.exit()->code == static_cast<int>(size * 3 % 251));
    }
  }
}

TEST_CASE("a child that writes to stderr without end does not hide the end of another") {
  troupe::runtime rt{0, nullptr};
  // Its stderr is a pipe we read; ours is /dev/null meanwhile.
  const int ours = ::dup(STDERR_FILENO);
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(null, STDERR_FILENO);
  auto noisy = node::of(rt).start_child(
      {},
      +[](child_context&, byte_reader&) {
        const std::vector<char> text(60'000, 'x');
        while (::write(STDERR_FILENO, text.data(), text.size()) > 0) {
        }
        return 0;
      },
      no_arguments);
  auto other = node::of(rt).start_child({}, wait_for_ever, no_arguments);
  other.kill(SIGKILL);
  // Seen by the watcher, not by us: that is what is told to monitors.
  CHECK(eventually(5s, [&] { return node::of(rt).children().size() == 1; }));
  noisy.kill(SIGKILL);
  CHECK(noisy.wait_ended(deadline_after(20s)));
  ::dup2(ours, STDERR_FILENO);
  ::close(ours);
  ::close(null);
}
